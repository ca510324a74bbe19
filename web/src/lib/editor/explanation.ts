import type { SdkEntry } from './sdk-reference.ts';

function line(tag: 'p' | 'code', text: string, name?: string): HTMLElement {
  const element = document.createElement(tag);
  element.textContent = text;
  if (name !== undefined) element.className = name;
  return element;
}

/** A signature with its sentences, as text: nothing of it is read as HTML. */
export function explanation(signature: string, doc: string, entry?: SdkEntry): HTMLElement {
  const box = document.createElement('div');
  box.className = 'sdk-explanation';
  const made = entry?.members.find(({ name }) => name === 'constructor');
  box.append(line('code', made === undefined ? signature : `new ${entry?.name ?? ''}${made.signature.replace(/^constructor/, '')}`));
  if (doc !== '') box.append(line('p', doc));
  const { indicator } = entry ?? {};
  if (indicator === undefined) return box;
  box.append(line('p', `In charts: ${indicator.name}. ${indicator.description}`, 'muted'));
  for (const { name, bounds, description } of indicator.parameters) box.append(line('p', `${name}: ${bounds}. ${description}`, 'muted'));
  return box;
}
