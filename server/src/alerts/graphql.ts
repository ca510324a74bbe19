import type { Alert } from '../engine/effects.ts';
import type { Builder } from '../graphql/builder.ts';
import { command } from '../graphql/command.ts';
import { pageRequest } from '../graphql/connections.ts';
import type { Page, PageRequest } from '../graphql/connections.ts';
import type { Context } from '../graphql/context.ts';
import type { Enums } from '../graphql/enums.ts';
import { invalidInput, notFound, typeOfMember } from '../graphql/errors.ts';
import type { InvalidInput, NotFound, Unavailable } from '../graphql/errors.ts';
import { actorOf } from '../graphql/principal.ts';
import type { Principal } from '../graphql/principal.ts';
import type { Instant } from '../money/instant.ts';
import type { RulesFile } from './channel-settings.ts';
import type { ChannelStatus, Delivery } from './outbox-service.ts';
import { readable } from './readable.ts';
import { rulesText } from './rules-text.ts';

/** An alert with who has seen to it. */
export interface AlertRecord extends Alert {
  readonly acknowledgedAt?: Instant | undefined;
  readonly acknowledgedBy?: string | undefined;
  readonly note?: string | undefined;
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
  /** As they were read when the server started. */
  rules(): RulesFile;
}

/** A channel that is set up: where it leads, and how it does. */
export interface ChannelView extends ChannelStatus {
  readonly target: string;
}

interface AlertPayload {
  readonly __typename: 'AlertPayload';
  readonly alert: AlertRecord;
}

const NOTE_LENGTH_MAX = 500;

async function acknowledge(
  id: string,
  noteGiven: string | null | undefined,
  context: Context & { readonly principal: Principal },
): Promise<AlertPayload | NotFound | InvalidInput | Unavailable> {
  const { alerts, session, principal, report } = context;
  const alert = await alerts.byId(id);
  if (alert === undefined) return notFound('alert', id);
  if (alert.acknowledgedAt !== undefined) return { __typename: 'AlertPayload', alert };
  const text = noteGiven?.trim() ?? '';
  if (text.length > NOTE_LENGTH_MAX)
    return invalidInput('note', `The note has ${text.length} characters.`, `Give at most ${NOTE_LENGTH_MAX}.`);
  const note = text === '' ? {} : { note: text };
  const at = session.state().now;
  const by = actorOf(principal);
  const outcome = await command(session, { kind: 'AlertAcknowledged', at, by, alertId: id, ...note }, report);
  if (!outcome.ok) return outcome.error;
  return { __typename: 'AlertPayload', alert: { ...alert, acknowledgedAt: at, acknowledgedBy: by, ...note } };
}

function addChannels(builder: Builder): void {
  builder.objectType('AlertDelivery', {
    description: 'An alert on its way out by one channel: tried until it is taken.',
    fields: (t) => ({
      channel: t.exposeString('channel', { description: 'webhook, slack, email, or a name of the file of rules.' }),
      step: t.exposeInt('step', { description: '0 at once; more where nobody had acknowledged the alert.' }),
      dueAt: t.expose('dueAt', { type: 'DateTime', description: 'When it is to go out, or was. Wall clock.' }),
      state: t.exposeString('state', {
        description: 'waiting, sent, given-up, withdrawn (the alert was over before its time) or repeated (told a moment ago).',
      }),
      attempts: t.exposeInt('attempts'),
      sentAt: t.expose('sentAt', { type: 'DateTime', nullable: true, description: 'Wall clock.' }),
      problem: t.exposeString('problem', { nullable: true, description: 'Of the last try.' }),
    }),
  });
  builder.objectType('AlertChannel', {
    description: 'A way by which alerts reach people who do not look at the dashboard.',
    fields: (t) => ({
      name: t.exposeString('name', { description: 'webhook, slack, email, or a name of the file of rules.' }),
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
  builder.objectType('AlertRules', {
    description: 'Which alert goes where, and when. They are a file that the server reads when it starts: nothing of the API changes them.',
    fields: (t) => ({
      yaml: t.string({
        description: 'The file that says them. What is secret is named by its variable, and not here.',
        resolve: (rules) => rulesText(rules),
      }),
    }),
  });
  builder.queryFields((t) => ({
    alertChannels: t.field({
      type: ['AlertChannel'],
      description: 'Beside the dashboard itself.',
      resolve: async (_root, _args, { alerts }) => [...(await alerts.channels())],
    }),
    alertRules: t.field({
      type: 'AlertRules',
      description: 'As they were read when the server started.',
      resolve: (_root, _args, { alerts }) => alerts.rules(),
    }),
  }));
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
      title: t.string({
        description: 'For people: numbers are grouped and rounded for reading. The journal entry has the text as it was written.',
        resolve: ({ title }) => readable(title),
      }),
      detail: t.string({
        description: 'In plain words, with its numbers like those of the title.',
        resolve: ({ detail }) => readable(detail),
      }),
      raisedAt: t.expose('raisedAt', { type: 'DateTime' }),
      acknowledgedAt: t.expose('acknowledgedAt', { type: 'DateTime', nullable: true }),
      acknowledgedBy: t.exposeString('acknowledgedBy', { nullable: true }),
      note: t.exposeString('note', { nullable: true, description: 'Of the person who acknowledged it.' }),
      seq: t.exposeInt('seq', { description: 'The journal entry that raised it.' }),
    }),
  });
  builder.objectType('AlertPayload', { fields: (t) => ({ alert: t.expose('alert', { type: 'Alert' }) }) });
  const result = builder.unionType('AcknowledgeAlertResult', {
    types: ['AlertPayload', 'NotFoundError', 'InvalidInputError', 'UnavailableError'],
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
      args: {
        id: t.arg.id({ required: true }),
        note: t.arg.string({ description: 'What was found, or is done about it: kept in the journal, at most 500 characters.' }),
      },
      resolve: (_root, { id, note }, context) => acknowledge(id, note, context),
    }),
  );
}
