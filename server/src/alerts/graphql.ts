import type { Alert } from '../engine/effects.ts';
import type { Builder } from '../graphql/builder.ts';
import { command } from '../graphql/command.ts';
import { pageRequest } from '../graphql/connections.ts';
import type { Page, PageRequest } from '../graphql/connections.ts';
import type { Context } from '../graphql/context.ts';
import type { Enums } from '../graphql/enums.ts';
import { notFound, typeOfMember } from '../graphql/errors.ts';
import type { NotFound, Unavailable } from '../graphql/errors.ts';
import { actorOf } from '../graphql/principal.ts';
import type { Principal } from '../graphql/principal.ts';
import type { Instant } from '../money/instant.ts';
import type { ChannelStatus, Delivery } from './outbox-service.ts';

/** An alert with who has seen to it. */
export interface AlertRecord extends Alert {
  readonly acknowledgedAt?: Instant | undefined;
  readonly acknowledgedBy?: string | undefined;
  /** The journal entry that raised it. */
  readonly seq: number;
}

/** What the API reads of alerts. */
export interface AlertReads {
  list(query: PageRequest & { readonly open: boolean | undefined }): Promise<Page<AlertRecord>>;
  byId(id: string): Promise<AlertRecord | undefined>;
  /** How the alert of a journal entry went out, by channel. */
  deliveriesOf(seq: number): Promise<readonly Delivery[]>;
  /** Channels that are set up now. */
  channels(): Promise<readonly ChannelView[]>;
}

/** A channel that is set up: where it leads, and how it does. */
export interface ChannelView extends ChannelStatus {
  readonly target: string;
}

interface AlertPayload {
  readonly __typename: 'AlertPayload';
  readonly alert: AlertRecord;
}

async function acknowledge(
  id: string,
  context: Context & { readonly principal: Principal },
): Promise<AlertPayload | NotFound | Unavailable> {
  const { alerts, session, principal, report } = context;
  const alert = await alerts.byId(id);
  if (alert === undefined) return notFound('alert', id);
  if (alert.acknowledgedAt !== undefined) return { __typename: 'AlertPayload', alert };
  const at = session.state().now;
  const outcome = await command(session, { kind: 'AlertAcknowledged', at, by: actorOf(principal), alertId: id }, report);
  if (!outcome.ok) return outcome.error;
  return { __typename: 'AlertPayload', alert: { ...alert, acknowledgedAt: at, acknowledgedBy: actorOf(principal) } };
}

function addChannels(builder: Builder): void {
  builder.objectType('AlertDelivery', {
    description: 'An alert on its way out by one channel: tried until it is taken.',
    fields: (t) => ({
      channel: t.exposeString('channel', { description: 'webhook or email.' }),
      state: t.exposeString('state', { description: 'waiting, sent or given-up.' }),
      attempts: t.exposeInt('attempts'),
      sentAt: t.expose('sentAt', { type: 'DateTime', nullable: true, description: 'Wall clock.' }),
      problem: t.exposeString('problem', { nullable: true, description: 'Of the last try.' }),
    }),
  });
  builder.objectType('AlertChannel', {
    description: 'A way by which alerts reach people who do not look at the dashboard.',
    fields: (t) => ({
      name: t.exposeString('name', { description: 'webhook or email.' }),
      target: t.exposeString('target', { description: 'Where to, without anything secret.' }),
      waiting: t.exposeInt('waiting', { description: 'Alerts that were not taken yet.' }),
      givenUp: t.exposeInt('givenUp', { description: 'Alerts that were not taken for a week.' }),
      lastSentAt: t.expose('lastSentAt', { type: 'DateTime', nullable: true, description: 'Wall clock.' }),
      problem: t.exposeString('problem', { nullable: true, description: 'Of the newest try, where it failed.' }),
    }),
  });
  builder.objectField('Alert', 'deliveries', (t) =>
    t.field({ type: ['AlertDelivery'], resolve: async ({ seq }, _args, { alerts }) => [...(await alerts.deliveriesOf(seq))] }),
  );
  builder.queryField('alertChannels', (t) =>
    t.field({
      type: ['AlertChannel'],
      description: 'Beside the dashboard itself.',
      resolve: async (_root, _args, { alerts }) => [...(await alerts.channels())],
    }),
  );
}

export function addAlerts(builder: Builder, enums: Enums): void {
  addChannels(builder);
  builder.objectType('Alert', {
    description: 'Something that a person should know. Never dropped; open until acknowledged.',
    interfaces: ['Node'],
    fields: (t) => ({
      id: t.exposeID('id'),
      severity: t.expose('severity', { type: enums.alertSeverity }),
      code: t.exposeString('code', { description: 'Stable, for programs: OrderDenied, DailyLoss, …' }),
      title: t.exposeString('title'),
      detail: t.exposeString('detail'),
      raisedAt: t.expose('raisedAt', { type: 'DateTime' }),
      acknowledgedAt: t.expose('acknowledgedAt', { type: 'DateTime', nullable: true }),
      acknowledgedBy: t.exposeString('acknowledgedBy', { nullable: true }),
      seq: t.exposeInt('seq', { description: 'The journal entry that raised it.' }),
    }),
  });
  builder.objectType('AlertPayload', { fields: (t) => ({ alert: t.expose('alert', { type: 'Alert' }) }) });
  const result = builder.unionType('AcknowledgeAlertResult', {
    types: ['AlertPayload', 'NotFoundError', 'UnavailableError'],
    resolveType: typeOfMember,
  });
  builder.queryField('alerts', (t) =>
    t.field({
      type: 'AlertConnection',
      description: 'Newest first.',
      args: {
        first: t.arg.int(),
        after: t.arg.string(),
        open: t.arg.boolean({ description: 'Only those open, or only those acknowledged.' }),
      },
      resolve: (_root, args, { alerts }) => alerts.list({ ...pageRequest(args), open: args.open ?? undefined }),
    }),
  );
  builder.mutationField('acknowledgeAlert', (t) =>
    t.authField({
      type: result,
      authScopes: { principal: true },
      args: { id: t.arg.id({ required: true }) },
      resolve: (_root, { id }, context) => acknowledge(id, context),
    }),
  );
}
