import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

export interface TypedBlock {
  /** Page and line. */
  readonly place: string;
  readonly path: string;
  readonly language: string;
  readonly text: string;
}

/** What a page takes as given, in the words of the code: the reader has it, the block does not show it. */
const GIVEN: Readonly<Record<string, string>> = {
  'docs/models.md': `
    import { crossValidate } from '@tidemark/compute/research';
    import { boostingLearner } from '@tidemark/compute/learning';
    import type { Dataset } from '@tidemark/compute/research';
    import type { Learning, Samples } from '@tidemark/compute/learning';
    declare const ret5: Float64Array, vol21: Float64Array, target: Float64Array, weights: Float64Array;
    declare const held: Samples, dataset: Dataset;
    declare const learning: Learning;
    export { boostingLearner, crossValidate, ret5, vol21, target, weights, held, dataset, learning };`,
  'docs/research.md': `
    import { buildDataset } from '@tidemark/compute/research';
    declare const series: Parameters<typeof buildDataset>[0], indicators: Parameters<typeof buildDataset>[2];
    export { series, indicators };`,
  'docs/statistics.md': 'declare const returns: Float64Array; export { returns };',
  'docs/optimisation.md': `
    import { WalkForward } from '@tidemark/compute/optimisation';
    type Options = ConstructorParameters<typeof WalkForward>[0];
    declare const backtest: Options['backtest'], space: Options['space'];
    declare const statistics: ConstructorParameters<typeof WalkForward>[1]['statistics'];
    export { WalkForward, backtest, space, statistics };`,
  'docs/how-to/add-a-broker.md': `
    import { brokerConformance } from '../server/src/orders/brokers/conformance.ts';
    import type { BrokerUnderTest } from '../server/src/orders/brokers/conformance.ts';
    declare const world: BrokerUnderTest;
    export const { broker, symbol, now, openMarket, cutStream, close } = world;
    export { brokerConformance };`,
};

function optionsOf(): ts.CompilerOptions {
  const { config } = ts.readConfigFile(`${ROOT}tsconfig.json`, (path) => ts.sys.readFile(path)) as { config: unknown };
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, ROOT);
  // A block shows values for the reader to look at.
  return { ...options, noUnusedLocals: false, noUnusedParameters: false, skipLibCheck: true };
}

/** A block is a module; what its page takes as given and the block does not name itself is imported. */
function moduleOf({ path, text }: TypedBlock, given: string): string {
  const exported = [...(GIVEN[path] ?? '').matchAll(/export (?:const )?\{([^}]*)\}/g)].flatMap(([, names = '']) =>
    names.split(',').map((name) => name.trim()),
  );
  const wanted = exported.filter(
    (name) =>
      new RegExp(String.raw`\b${name}\b`).test(text) &&
      !new RegExp(String.raw`(?:const|import)[^;=]*\b${name}\b[^;=]*(?:=|from)`).test(text),
  );
  return `${wanted.length === 0 ? '' : `import { ${wanted.join(', ')} } from './${given}'; `}${text}\nexport {};\n`;
}

/** What the compiler says of each block, by its place; nothing where it is right. */
export function typeProblems(blocks: readonly TypedBlock[]): ReadonlyMap<string, readonly string[]> {
  const files = new Map<string, string>();
  const names = blocks.map((block, index) => {
    const given = `given-${index}.ts`;
    files.set(`${ROOT}site/${given}`, GIVEN[block.path] ?? 'export {};');
    const name = `${ROOT}site/block-${index}.ts`;
    files.set(name, moduleOf(block, given));
    return name;
  });
  const options = optionsOf();
  const host = ts.createCompilerHost(options);
  const real = ts.createCompilerHost(options);
  host.fileExists = (name) => files.has(name) || real.fileExists(name);
  host.readFile = (name) => files.get(name) ?? real.readFile(name);
  host.getSourceFile = (name, target, ...rest) => {
    const text = files.get(name);
    return text === undefined ? real.getSourceFile(name, target, ...rest) : ts.createSourceFile(name, text, target);
  };
  const program = ts.createProgram(names, options, host);
  return new Map(
    blocks.map(({ place }, index) => {
      const source = program.getSourceFile(names[index] ?? '');
      const given = program.getSourceFile(`${ROOT}site/given-${index}.ts`);
      const files = [source, ...(given === undefined ? [] : [given])];
      const found = files.flatMap((file) => [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)]);
      return [place, found.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'))];
    }),
  );
}
