import { parseBenchOptions, type BenchOptions } from './bench-options.ts';
import type { Section } from './suite.ts';
import { formatSection } from './table.ts';

/** The flags that this bench was started with. */
export function benchOptions(): BenchOptions {
  return parseBenchOptions(process.argv.slice(2));
}

/** Says on standard error what is going on: standard output is for the result alone. */
export function progress(message: string): void {
  process.stderr.write(`   ${message}\n`);
}

/** The bench's whole output: a table, or one JSON document. */
export function publish(section: Section, { isJson }: BenchOptions): void {
  process.stdout.write(`${isJson ? JSON.stringify(section) : formatSection(section)}\n`);
}
