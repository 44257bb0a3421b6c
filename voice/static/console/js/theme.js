// Dark or light theme: the system's choice until the operator switches. The server reads the cookie.
const button = document.querySelector("[data-theme-switch]");

function isDark() {
  const chosen = document.documentElement.dataset.theme;
  return chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
}

function updateLabel() {
  button.textContent = isDark() ? "Light theme" : "Dark theme";
}

if (button) {
  updateLabel();
  button.hidden = false;
  button.addEventListener("click", () => {
    const theme = isDark() ? "light" : "dark";
    document.documentElement.dataset.theme = theme;
    document.cookie = `midcall-theme=${theme}; path=/; max-age=31536000; samesite=lax`;
    updateLabel();
  });
}
