// Dark or light: as the system says, until the switch says otherwise; the server reads the cookie.
const button = document.querySelector("[data-theme-switch]");

function isDark() {
  const chosen = document.documentElement.dataset.theme;
  return chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
}

function label() {
  button.textContent = isDark() ? "Light colours" : "Dark colours";
}

if (button) {
  label();
  button.hidden = false;
  button.addEventListener("click", () => {
    const theme = isDark() ? "light" : "dark";
    document.documentElement.dataset.theme = theme;
    document.cookie = `midcall-theme=${theme}; path=/; max-age=31536000; samesite=lax`;
    label();
  });
}
