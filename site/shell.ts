/** One command of a block, without what the shell itself takes: variables before it, redirections, comments, here-documents. */
export interface ShellCommand {
  readonly words: readonly string[];
  readonly variables: readonly string[];
}

const HERE_DOCUMENT = /<<'?(\w+)'?\n[\s\S]*?\n\1(?=\n|$)/g;
/** A word with quotes anywhere in it, an operator that ends a command, a redirection, or a comment. */
const TOKEN =
  /(?<comment>(?<=^|\s)#[^\n]*)|(?<end>&&|\|\||[;|\n])|(?<redirection>\d?>>?|<)|(?<word>(?:\$\([^)]*\)|"(?:\\.|[^"\\])*"|'[^']*'|\\[\s\S]|[^\s'"|;&<>])+)/g;
const VARIABLE = /^([A-Z][A-Z0-9_]*)=/;

const unquoted = (word: string): string =>
  word.replaceAll(/"((?:\\.|[^"\\])*)"|'([^']*)'|\\\n/g, (_all, double, single) => String(double ?? single ?? ''));

/** The commands of a block of `sh`, in order. Reads what documents need: no functions, no loops. */
export function commandsOf(script: string): readonly ShellCommand[] {
  const commands: { words: string[]; variables: string[] }[] = [{ words: [], variables: [] }];
  let isTarget = false;
  for (const { groups = {} } of script.replaceAll(HERE_DOCUMENT, '').replaceAll('\\\n', ' ').matchAll(TOKEN)) {
    const current = commands.at(-1);
    if (current === undefined) break;
    if (groups['end'] !== undefined) commands.push({ words: [], variables: [] });
    else if (groups['redirection'] !== undefined) isTarget = true;
    else if (groups['word'] !== undefined && isTarget) isTarget = false;
    else if (groups['word'] !== undefined) {
      const variable = VARIABLE.exec(groups['word']);
      if (variable !== null && current.words.length === 0) current.variables.push(variable[1] ?? '');
      else current.words.push(unquoted(groups['word']));
    }
  }
  return commands.filter(({ words }) => words.length > 0);
}
