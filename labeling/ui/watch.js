/**
 * Leaves the page when the session is over. It runs by itself, beside the pages: they need not know of sessions.
 *
 * @param {{ data: { ended: boolean, seconds: number, base: string } }} component
 */
export default ({ data }) => {
  const leave = () => {
    const here = location.pathname.slice(data.base.length) + location.search;
    location.replace(`${data.base}/sign-in?next=${encodeURIComponent(here)}`);
  };
  if (data.ended) {
    leave();
    return undefined;
  }
  const ask = async () => {
    try {
      const response = await fetch(`${data.base}/sign-in/ping`, { cache: "no-store", credentials: "same-origin" });
      if (response.status === 401) leave();
    } catch {
      // The server can't be reached: whether the session lasts is asked again later.
    }
  };
  const timer = setInterval(ask, data.seconds * 1000);
  document.addEventListener("visibilitychange", ask);
  return () => {
    clearInterval(timer);
    document.removeEventListener("visibilitychange", ask);
  };
};
