import { brandWithType } from '@pothos/core';
import type { Builder } from './builder.ts';
import type { Context } from './context.ts';
import { badInput } from './connections.ts';
import type { Objects } from './objects.ts';

type NodeType =
  'Strategy' | 'Position' | 'Fill' | 'Order' | 'Run' | 'Sweep' | 'Model' | 'Training' | 'Instrument' | 'Limit' | 'Alert' | 'JournalEntry';

/** Things keyed by a symbol, a name or a number carry their kind before it; the others have ids that no two kinds share. */
const PREFIXED = { Position: 'position:', Instrument: 'instrument:', Limit: 'limit:', Fill: 'fill:', JournalEntry: 'journal:' } as const;
type Prefixed = keyof typeof PREFIXED;

export const nodeId = (type: Prefixed, key: string | number): string => `${PREFIXED[type]}${key}`;

/** An id without the prefix of its kind: what the journal mentions. */
export function keyOfNodeId(id: string): string {
  const prefix = Object.values(PREFIXED).find((candidate) => id.startsWith(candidate));
  return prefix === undefined ? id : id.slice(prefix.length);
}

type Finder<T extends NodeType> = (key: string, context: Context) => Promise<Objects[T] | undefined> | Objects[T] | undefined;
type Finders = { readonly [T in NodeType]: Finder<T> };

const UNPREFIXED = ['Order', 'Strategy', 'Run', 'Sweep', 'Model', 'Training', 'Alert'] as const satisfies readonly NodeType[];
const ID_LENGTH_MAX = 200;

async function findNode(finders: Finders, id: string, context: Context): Promise<object | undefined> {
  if (id.length > ID_LENGTH_MAX) throw badInput('the id is too long');
  const prefixed = (Object.keys(PREFIXED) as Prefixed[]).find((type) => id.startsWith(PREFIXED[type]));
  const candidates: readonly NodeType[] = prefixed === undefined ? UNPREFIXED : [prefixed];
  const key = prefixed === undefined ? id : id.slice(PREFIXED[prefixed].length);
  for (const type of candidates) {
    const found = await finders[type](key, context);
    if (found !== undefined) return brand(found, type);
  }
  return undefined;
}

/** Marks the object with its type for `Node`'s resolver; a copy, so that shared engine state stays as it is. */
function brand(found: object, type: NodeType): object {
  const copy = { ...found };
  brandWithType(copy, type as never);
  return copy;
}

export function addNode(builder: Builder, finders: Finders): void {
  builder.interfaceType('Node', {
    description: 'Anything with an id of its own, found again by `node`.',
    fields: (t) => ({
      id: t.id({
        resolve: () => {
          throw new Error('Invariant: every node type gives its own id');
        },
      }),
    }),
  });
  builder.queryField('node', (t) =>
    t.field({
      type: 'Node',
      nullable: true,
      args: { id: t.arg.id({ required: true }) },
      resolve: (_root, { id }, context) => findNode(finders, id, context),
    }),
  );
}
