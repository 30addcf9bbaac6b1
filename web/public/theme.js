// Sets the theme before the first paint; a file of its own, because the CSP allows no inline script.
(() => {
  const chosen = localStorage.getItem('pulse.theme');
  const dark = chosen === 'dark' || (chosen !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.classList.toggle('dark', dark);
})();
