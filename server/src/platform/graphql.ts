import type { Builder } from '../graphql/builder.ts';
import type { EngineStandingName, Enums, HealthState } from '../graphql/enums.ts';
import type { Instant } from '../money/instant.ts';
import type { KeptBackup } from './backup/kept-backups.ts';

/** One part of the platform: how it is, in words and in figures. */
export interface HealthPart {
  readonly name: string;
  readonly state: HealthState;
  readonly detail: string;
  readonly p50Ms?: number | undefined;
  readonly p99Ms?: number | undefined;
  readonly at?: Instant | undefined;
}

/** Whether the engine is in this process, is heard in another one, or is not heard. */
export interface HealthOfEngine {
  readonly standing: EngineStandingName;
  /** The process that has it, or had it last. */
  readonly instance: string | undefined;
  /** While it is away: when it was heard last. Everything that is shown is of then. */
  readonly staleSince: Instant | undefined;
}

export interface Health {
  /** This process, among all that serve the same database. */
  readonly instance: string;
  readonly engine: HealthOfEngine;
  readonly parts: readonly HealthPart[];
  readonly version: string;
  readonly uptimeSeconds: number;
  readonly memoryBytes: number;
  readonly seq: number;
  readonly head: string;
  readonly lastReconciledAt: Instant | undefined;
  readonly lastBackup: KeptBackup | undefined;
  readonly differences: readonly string[];
}

export interface HealthReads {
  read(): Promise<Health>;
}

const SEVERITY: Record<HealthState, number> = { ok: 0, degraded: 1, down: 2 };

/** The whole is as well as its worst part. */
export const worstOf = (parts: readonly HealthPart[]): HealthState =>
  parts.reduce<HealthState>((worst, { state }) => (SEVERITY[state] > SEVERITY[worst] ? state : worst), 'ok');

export function addHealth(builder: Builder, enums: Enums): void {
  builder.objectType('HealthPart', {
    fields: (t) => ({
      name: t.exposeString('name'),
      state: t.expose('state', { type: enums.healthState }),
      detail: t.exposeString('detail'),
      p50Ms: t.exposeFloat('p50Ms', { nullable: true }),
      p99Ms: t.exposeFloat('p99Ms', { nullable: true }),
      at: t.expose('at', { type: 'DateTime', nullable: true }),
    }),
  });
  builder.objectType('HealthOfEngine', {
    description: 'Where the engine is. While it is away, reads go on and show what was known then; nothing is traded.',
    fields: (t) => ({
      standing: t.expose('standing', { type: enums.engineStanding }),
      instance: t.exposeString('instance', {
        nullable: true,
        description: 'The process that has it, or had it last; null where it was never heard.',
      }),
      staleSince: t.expose('staleSince', {
        type: 'DateTime',
        nullable: true,
        description: 'While it is away: when it was heard last. Everything that is shown is of then.',
      }),
    }),
  });
  builder.objectType('KeptBackup', {
    description: 'A backup of this server that was read back whole.',
    fields: (t) => ({
      madeAt: t.expose('madeAt', { type: 'DateTime', description: 'Wall clock.' }),
      entries: t.exposeInt('entries', { description: 'How many entries of the journal it holds.' }),
    }),
  });
  builder.objectType('Health', {
    fields: (t) => ({
      instance: t.exposeString('instance', { description: 'The process that answers, among all that serve the same database.' }),
      engine: t.expose('engine', { type: 'HealthOfEngine', description: 'Where the engine is, and since when it is not heard.' }),
      state: t.field({ type: enums.healthState, resolve: ({ parts }) => worstOf(parts) }),
      parts: t.field({ type: ['HealthPart'], resolve: ({ parts }) => [...parts] }),
      version: t.exposeString('version'),
      uptimeSeconds: t.exposeInt('uptimeSeconds'),
      memoryBytes: t.exposeFloat('memoryBytes', { description: 'Resident memory of the server process.' }),
      seq: t.exposeInt('seq', { description: 'Newest journal entry.' }),
      head: t.exposeString('head', { description: 'Its hash: the whole journal in one number.' }),
      lastReconciledAt: t.expose('lastReconciledAt', {
        type: 'DateTime',
        nullable: true,
        description: 'When our books last equalled the broker’s.',
      }),
      lastBackup: t.expose('lastBackup', {
        type: 'KeptBackup',
        nullable: true,
        description:
          'The newest that tidemark backup has made; null where it has made none. Backups made by other means are not known here.',
      }),
      differences: t.stringList({ resolve: ({ differences }) => [...differences] }),
    }),
  });
  builder.queryField('health', (t) => t.field({ type: 'Health', resolve: (_root, _args, { health }) => health.read() }));
}
