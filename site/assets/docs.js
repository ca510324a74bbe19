// Theme, search and copying of the documents. Nothing is asked of anybody but this server.
import MiniSearch from './minisearch.js';

const KEY = 'tidemark.preferences';
const FOUND_MAX = 12;
const root = document.body.dataset.root ?? '.';

function keptPreferences() {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? '{}') ?? {};
  } catch {
    // Somebody else wrote here: the defaults are always right.
    return {};
  }
}

const theme = document.querySelector('button.theme');
const sayTheme = () => (theme.textContent = document.documentElement.dataset.theme === 'dark' ? 'Light' : 'Dark');
theme.hidden = false;
sayTheme();
theme.addEventListener('click', () => {
  const next = document.documentElement.dataset.theme === 'dark' ? 'light' : 'dark';
  document.documentElement.dataset.theme = next;
  localStorage.setItem(KEY, JSON.stringify({ ...keptPreferences(), theme: next }));
  sayTheme();
});

for (const block of document.querySelectorAll('pre')) {
  const button = Object.assign(document.createElement('button'), { type: 'button', className: 'copy', textContent: 'Copy' });
  const say = (text) => {
    button.textContent = text;
    setTimeout(() => (button.textContent = 'Copy'), 1500);
  };
  button.addEventListener('click', () => {
    navigator.clipboard.writeText(block.querySelector('code').textContent).then(
      () => say('Copied'),
      () => say('Not allowed'),
    );
  });
  const frame = Object.assign(document.createElement('div'), { className: 'code' });
  block.replaceWith(frame);
  frame.append(block, button);
}

const form = document.querySelector('form[role=search]');
const input = form.querySelector('input');
const panel = form.querySelector('#site-found');
const status = panel.querySelector('p');
const list = panel.querySelector('ol');
form.hidden = false;

// The same options as `search-index.ts` wrote it with.
const OPTIONS = { fields: ['heading', 'title', 'text'], storeFields: ['title', 'heading', 'address', 'excerpt'] };
let loading;
const openIndex = () =>
  (loading ??= fetch(`${root}/assets/search.json`).then(async (answer) => {
    if (!answer.ok) throw new Error(`The index did not come: ${answer.status}`);
    return MiniSearch.loadJSON(await answer.text(), OPTIONS);
  }));

function itemOf({ title, heading, address, excerpt }) {
  const item = document.createElement('li');
  const link = Object.assign(document.createElement('a'), { href: `${root}/${address}` });
  const name = Object.assign(document.createElement('strong'), { textContent: heading });
  const place = Object.assign(document.createElement('span'), { textContent: heading === title ? excerpt : `${title} · ${excerpt}` });
  link.append(name, place);
  item.append(link);
  return item;
}

async function search() {
  const wanted = input.value.trim();
  panel.hidden = wanted === '';
  if (wanted === '') return;
  try {
    const index = await openIndex();
    if (input.value.trim() !== wanted) return;
    const found = index.search(wanted, { prefix: true, fuzzy: 0.15, boost: { heading: 4, title: 2 }, combineWith: 'AND' });
    status.textContent = found.length === 0 ? `Nothing is called “${wanted}”.` : `${found.length} found`;
    list.replaceChildren(...found.slice(0, FOUND_MAX).map(itemOf));
  } catch (error) {
    loading = undefined;
    status.textContent = `The search does not work: ${error.message}`;
  }
}

input.addEventListener('focus', () => openIndex().catch(() => (loading = undefined)));
input.addEventListener('input', () => void search());
form.addEventListener('submit', (event) => {
  event.preventDefault();
  list.querySelector('a')?.click();
});
form.addEventListener('keydown', (event) => {
  const links = [...list.querySelectorAll('a')];
  const at = links.indexOf(document.activeElement);
  if (event.key === 'Escape') {
    input.value = '';
    panel.hidden = true;
    input.focus();
  } else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
    event.preventDefault();
    const next = event.key === 'ArrowDown' ? at + 1 : at - 1;
    (links[next] ?? input).focus();
  }
});
document.addEventListener('click', (event) => {
  if (!form.contains(event.target)) panel.hidden = true;
});
document.addEventListener('keydown', (event) => {
  if (event.key !== '/' || event.ctrlKey || event.metaKey || document.activeElement === input) return;
  event.preventDefault();
  input.focus();
});

// The heading that is read now, in the list at the right.
const links = new Map([...document.querySelectorAll('.here a')].map((link) => [link.hash.slice(1), link]));
const headings = [...document.querySelectorAll('article h2[id], article h3[id]')].filter(({ id }) => links.has(id));
function mark() {
  const reached = headings.findLast((heading) => heading.getBoundingClientRect().top < 120) ?? headings[0];
  for (const [id, link] of links) link.toggleAttribute('data-here', id === reached?.id);
}
if (headings.length > 0) {
  document.addEventListener('scroll', mark, { passive: true });
  mark();
}
document.querySelector('nav#site-pages a[aria-current]')?.scrollIntoView({ block: 'nearest' });
