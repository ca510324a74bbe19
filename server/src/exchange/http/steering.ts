import { DecimalTextError } from '../../money/fixed.ts';
import { instant, InstantTextError } from '../../money/instant.ts';
import { catalogue } from '../faults/board.ts';
import type { FaultBoard } from '../faults/board.ts';
import { FaultSpecError, parseFault } from '../faults/catalogue.ts';
import { parseAccountEvent, parseMarketEvent } from '../faults/steering.ts';
import type { VenueHost } from '../host.ts';
import { isRecord, textIn } from '../streams/socket.ts';
import { accountNumber, rfc3339 } from '../wire.ts';
import { parseNewOrder } from './order-body.ts';
import { shown, symbolIn } from './orders.ts';
import { failure, notFoundReply, ok, refused } from './reply.ts';
import type { Reply } from './reply.ts';

export type Disturbance = 'replay' | 'heartbeat' | 'error' | 'close';

export interface SteeringParts {
  readonly host: VenueHost;
  readonly faults: FaultBoard;
  /** Does something to every open stream of accounts, or closes all streams. */
  readonly disturb: (action: Disturbance, count: number) => void;
}

const DISTURBANCES: readonly Disturbance[] = ['replay', 'heartbeat', 'error', 'close'];

function arm({ faults }: SteeringParts, body: unknown): Reply {
  const specs = (Array.isArray(body) ? body : [body]).map((one: unknown) => {
    if (!isRecord(one)) throw new FaultSpecError('a fault must be an object with a kind');
    return parseFault(one);
  });
  const ids = specs.map((spec) => faults.arm(spec));
  return ok({ ids, ...faults.report() });
}

function disarm({ faults }: SteeringParts, id: string | undefined): Reply {
  if (id === undefined) faults.disarmAll();
  else if (!faults.disarm(Number(id))) return notFoundReply(`no fault ${id} is armed`);
  return ok(faults.report());
}

function disturb({ disturb: carryOut }: SteeringParts, body: unknown): Reply {
  const action = isRecord(body) ? DISTURBANCES.find((one) => one === body['action']) : undefined;
  if (action === undefined) throw new FaultSpecError(`action must be one of ${DISTURBANCES.join(', ')}`);
  const count = isRecord(body) && typeof body['count'] === 'number' ? body['count'] : 1;
  carryOut(action, count);
  return ok({ action, count });
}

/** The account that a body names; without a name the only one there is. */
function accountIn({ host }: SteeringParts, body: Readonly<Record<string, unknown>>): string {
  const ids = [...host.venue.core.state.accounts.keys()];
  const named = textIn(body, 'accountId');
  if (named !== '') {
    if (!ids.includes(named)) throw new FaultSpecError(`account ${named.slice(0, 60)} was never opened`);
    return named;
  }
  const [only, ...others] = ids;
  if (only === undefined) throw new FaultSpecError('no account was opened yet: send a request with its keys first');
  if (others.length > 0) throw new FaultSpecError('accountId is required: there are several accounts, see GET /sim/accounts');
  return only;
}

async function account(parts: SteeringParts, body: unknown): Promise<Reply> {
  if (!isRecord(body)) throw new FaultSpecError('the body must be an object with a kind');
  const accountId = accountIn(parts, body);
  const { host } = parts;
  if (body['kind'] === 'order') {
    const parsed = parseNewOrder(body['order'], (symbol) => symbolIn(host, symbol));
    if (!parsed.ok) return refused(parsed.refusal);
    const result = await host.order({ kind: 'submit', accountId, request: parsed.value });
    return result.ok ? ok(shown(host, result.order)) : refused(result.refusal);
  }
  if (body['kind'] === 'cancel') {
    const result = await host.cancel(accountId, textIn(body, 'orderId'));
    return result.ok ? { status: 204 } : refused(result.refusal);
  }
  const done = await host.account(accountId, parseAccountEvent(body));
  if (done === undefined) return ok({ settings: host.venue.core.account(accountId).settings });
  return done.ok ? ok({ executionId: done.execution.id }) : refused(done.refusal);
}

function accounts({ host }: SteeringParts): Reply {
  const ids = [...host.venue.core.state.accounts.keys()];
  return ok({ accounts: ids.map((id) => ({ id, accountNumber: accountNumber(id) })) });
}

async function advance({ host }: SteeringParts, body: unknown): Promise<Reply> {
  const to = instant(isRecord(body) ? textIn(body, 'to') : '');
  if (!(await host.advance(to)))
    return failure(409, 40910000, `the clock stands at ${rfc3339(host.venue.now)} and moves on only to before the next step`);
  return ok({ now: rfc3339(host.venue.now) });
}

/** `/sim/…` that steers: faults, streams, the market, accounts, the clock. `undefined` for another path. Throws what {@link steer} answers. */
async function route(parts: SteeringParts, method: string, url: URL, body: unknown): Promise<Reply | undefined> {
  const id = /^\/sim\/faults\/(\d+)$/.exec(url.pathname)?.[1];
  if (id !== undefined && method === 'DELETE') return disarm(parts, id);
  switch (`${method} ${url.pathname}`) {
    case 'GET /sim/faults':
      return ok({ ...parts.faults.report(), catalogue });
    case 'POST /sim/faults':
      return arm(parts, body);
    case 'DELETE /sim/faults':
      return disarm(parts, undefined);
    case 'POST /sim/streams':
      return disturb(parts, body);
    case 'GET /sim/accounts':
      return accounts(parts);
    case 'POST /sim/account':
      return account(parts, body);
    case 'POST /sim/clock':
      return advance(parts, body);
    case 'POST /sim/market':
      await parts.host.market(parseMarketEvent(body, (symbol) => parts.host.instrument(symbol) !== undefined));
      return ok({ now: rfc3339(parts.host.venue.now) });
    default:
      return undefined;
  }
}

export async function steer(parts: SteeringParts, method: string, url: URL, body: unknown): Promise<Reply | undefined> {
  try {
    return await route(parts, method, url, body);
  } catch (error) {
    if (error instanceof FaultSpecError || error instanceof DecimalTextError || error instanceof InstantTextError)
      return failure(422, 42210000, error.message);
    throw error;
  }
}
