/** Puts the focus into the field of the sign-in form, once it is there. A script of its own, since the policy lets no inline script run. */
export default () => {
  let tries = 0;
  const focus = () => {
    const field = /** @type {HTMLInputElement | null} */ (document.querySelector('[data-testid="stForm"] input'));
    if (field) {
      if (document.activeElement === document.body) {
        field.focus();
        field.select();
      }
    } else if (++tries < 120) requestAnimationFrame(focus);
  };
  focus();
};
