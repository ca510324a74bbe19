// Runs before the first paint, so that a reader of the light theme never sees a dark flash.
try {
  const kept = JSON.parse(localStorage.getItem('tidemark.preferences') ?? '{}');
  const dark = kept.theme === 'dark' || (kept.theme !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.dataset.theme = dark ? 'dark' : 'light';
} catch {
  document.documentElement.dataset.theme = 'dark';
}
