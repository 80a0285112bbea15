// @ts-check

const MONTH =
  "(?:Jan(?:uary|\\.)?|Feb(?:ruary|\\.)?|Mar(?:ch|\\.)?|Apr(?:il|\\.)?|May|June?|July?|Aug(?:ust|\\.)?|Sept?(?:ember|\\.)?|Oct(?:ober|\\.)?|Nov(?:ember|\\.)?|Dec(?:ember|\\.)?)(?![\\p{L}])";
const WEEKDAY = "(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)days?";
const NUMBER =
  "(?:\\d+(?:[.,]\\d+)?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)(?:-(?:one|two|three|four|five|six|seven|eight|nine))?|a hundred)";
const COUNT = `(?:${NUMBER}|an?|several|(?:a )?few|(?:a )?couple of|(?:a )?dozen|many|some)`;
const MANY = `(?:${NUMBER}|several|few|couple of|dozen)`;
const UNIT = "(?:minute|hour|day|night|week|weekend|fortnight|month|quarter|year|season|decade|century|centurie)s?";
const PART = "(?:morning|noon|midday|afternoon|evening|night|midnight|dawn|dusk|nightfall|daybreak)";
const SEASON = "(?:spring|summer|autumn|fall|winter)";
const PERIOD = `(?:mid-?week|${UNIT}|${PART}|${SEASON})`;
const ORDINAL =
  "(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|\\d{1,2}(?:st|nd|rd|th))";
const DAY = "\\d{1,2}(?:st|nd|rd|th)?(?!\\d)";
const YEAR = "(?:1[5-9]|20)\\d\\d";
const FEAST =
  "(?:(?:Good Friday|Easter(?: Sunday| Monday)?|Christmas(?: Eve| Day)?|New Year(?:['’]s (?:Eve|Day))?|Ramadan|Passover|Thanksgiving|Pentecost))";
const WHICH =
  "(?:this (?:past|coming)|this|last|next|past|coming|previous|following|present|current|new|same|every|each)";
const NUANCE = "(?:early|earlier|late|later)";
const EDGE = `(?:(?:very )?(?:beginning|start|middle|end|close|finish|turn|${ORDINAL}(?: half| quarter| part)?|last|final|opening|closing|early|later)(?: (?:${COUNT} )?(?:${PERIOD}|${WEEKDAY}))?)`;
const CLOCK =
  "(?:\\d{1,2}[:.]\\d\\d(?:\\s?[ap]\\.?m\\.?)?|\\d{1,2}\\s?[ap]\\.?m\\.?|\\d{1,2}\\s?h(?:\\s?\\d\\d)?|(?:half past |a quarter (?:past|to) )?(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)(?: o['’]clock)?|noon|midnight|midday)";

const SMALL_DATES = [
  `${MONTH} ${DAY}(?:\\s?(?:[-–]|to|and|or)\\s?(?:${MONTH} )?${DAY})?(?:,? ${YEAR})?`,
  `(?:the )?(?:${DAY}|${ORDINAL})(?: of)? ${MONTH}(?:,? (?:of (?:the )?${WHICH} year|${YEAR}))?`,
  `${MONTH}(?: of|,)? ${YEAR}`,
  `${MONTH} ${WHICH} year`,
];
/** Chinese and Japanese, which need no spaces. */
const HAN_DATES =
  "(?:\\d{2,4}\\s?年)?\\d{1,2}\\s?月(?:\\d{1,2}\\s?[日号])?(?:[至到-]\\d{1,2}\\s?[日号])?|\\d{4}\\s?年|\\d{1,2}\\s?[日号](?!本)|(?:本|上|下|这|這|今|来|來|先)(?:周|週|星期|礼拜|月|年|季度)[一二三四五六日天末]?|(?:周|週|星期|礼拜)[一二三四五六日天末]|[月火水木金土日]曜日?|今[天日年晚]|昨[天日晚]|明[天日年]|前天|后天|去年";

const DATE = new RegExp(
  [
    HAN_DATES,
    FEAST,
    `\\d{4}-\\d\\d-\\d\\d|\\d{1,2}[./]\\d{1,2}[./]\\d{2,4}`,
    `(?:${CLOCK} (?:(?:on|of|at|late|early) )?)?(?:${NUANCE} (?:on |in |of )?)?(?:${WEEKDAY},? (?:the )?)?(?:${SMALL_DATES.join("|")})(?: (?:at|around) ${CLOCK})?`,
    `(?:the )?${EDGE} of (?:(?:the )?${WHICH} |the |(?:${MONTH}|${SEASON})(?:,? (?:of )?${YEAR})?|${YEAR})(?:${NUMBER} )?(?:${PERIOD}|${MONTH})?`,
    `(?:the )?${ORDINAL} ${WEEKDAY} (?:in|of) (?:${MONTH}|the month)`,
    `(?:the )?(?:night|period|week) (?:from|of) ${WEEKDAY}(?: (?:to|and) ${WEEKDAY})?`,
    `(?:the )?${SEASON} of (?:${YEAR}|${WHICH} year)`,
    `the (?:day|evening|morning|night|week|month|year) (?:(?:after|before)(?: (?:tomorrow|yesterday)| (?:the|that) \\p{Ll}+)?)`,
    `(?:${NUANCE} (?:in |on )?)?(?:the )?${WHICH} (?:${MANY} |${SEASON} )?(?:${PERIOD}|${WEEKDAY}|${MONTH})(?: (?:${PART}|${SEASON}))?(?: and (?:${WHICH} )?(?:${PERIOD}|${WEEKDAY}))?`,
    `${NUMBER}-${UNIT}|${UNIT}-long`,
    `(?:just |only |about |some |a )?(?:${COUNT} |long )(?:more |short |long )?(?:${UNIT}|time)(?: and a half)?(?: (?:ago|back|later|earlier|sooner|before|from now|hence))?`,
    `(?:${CLOCK} (?:(?:on|of|at|late|early) )?)?(?:${NUANCE} (?:on |in )?)?${WEEKDAY}(?:,? (?:and|or|to) (?:on )?${WEEKDAY})?(?: ${PART})?`,
    `(?:${CLOCK}) (?:at night|in the ${PART}|this ${PART}|tomorrow|today|yesterday)`,
    `(?:the )?(?:same|other) day|the time`,
    `(?:${NUANCE} )?(?:${YEAR}s|${YEAR}[-–]\\d{2,4}|${YEAR}(?:,? (?:and|or|to) ${YEAR})?)`,
    `(?:${NUANCE} (?:in )?|mid-)?${MONTH}(?:\\s?(?:[-–]|to|and|or)\\s?${MONTH})?`,
    `(?:the )?(?:weekend|mid-?week|${SEASON}|noon|midnight|midday|nightfall|dawn|dusk|daybreak)`,
    `\\d{1,2}[:.]\\d\\d(?:\\s?[ap]\\.?m\\.?)?|\\d{1,2}\\s?h\\s?\\d\\d|\\d{1,2}\\s?[ap]\\.?m\\.?`,
    `(?:today|tonight|tomorrow|yesterday)(?: ${PART})?(?: (?:and|or) (?:today|tomorrow|yesterday))?`,
    `the (?:${PERIOD}|\\d{1,2}(?:st|nd|rd|th))`,
    `nowadays|now|currently|recently|lately|soon|shortly|imminent|then|earlier(?: in the (?:day|week|month|year))?|later in the (?:day|week|month|year)|meanwhile|afterwards|formerly|previously|overnight|annually`,
  ]
    .join("|")
    .replaceAll(" ", "[\\s ]+"),
  "giu",
);
const HAN = /\p{Script=Han}/u;
const BEYOND = /[\p{L}\p{N}]/u;

/** The date expressions of a text, in UTF-16 units. @param {string} text @returns {[number, number][]} */
export function dateParts(text) {
  /** @type {[number, number][]} */
  const parts = [];
  for (const { index, 0: found } of text.matchAll(DATE)) {
    const to = index + found.length;
    const whole = HAN.test(found) || (!BEYOND.test(text[index - 1] ?? " ") && !BEYOND.test(text[to] ?? " "));
    const verb = /^(?:may|march|fall)$/u.test(found); // small letters: not the month
    if (whole && !verb) parts.push([index, to]);
  }
  return parts;
}
