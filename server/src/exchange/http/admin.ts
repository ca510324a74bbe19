import type { Reply } from './reply.ts';
import { failure, ok } from './reply.ts';
import type { VenueHost } from '../host.ts';
import { STEP_NAMES } from '../market/replay.ts';
import type { Metronome } from '../metronome.ts';
import { rfc3339 } from '../wire.ts';
import { isRecord } from '../streams/socket.ts';

const SPEED_MAX = 60_000;

/** What the operator's paths need. They ask for no key, and answer only callers on this machine. */
export interface AdminParts {
  readonly host: VenueHost;
  readonly metronome: Metronome;
  readonly mode: string;
}

export const isSpeed = (value: number): boolean => value >= 0 && value <= SPEED_MAX;

function state({ host: { venue, options }, metronome, mode }: AdminParts) {
  const { slice, step } = venue.position;
  return {
    venueId: options.venueId,
    mode,
    now: rfc3339(venue.now),
    isOpen: venue.isOpen,
    lap: venue.laps.lapOf(slice),
    slice,
    step,
    nextStep: STEP_NAMES[step],
    speed: metronome.speed,
    timeframe: venue.laps.tape.timeframe,
    symbols: [...options.instruments.keys()],
    accounts: venue.core.state.accounts.size,
  };
}

/** `/sim/…`: the venue's own log and state, and its clock. `undefined` for another path. */
export async function admin(parts: AdminParts, method: string, url: URL, body: unknown): Promise<Reply | undefined> {
  switch (`${method} ${url.pathname}`) {
    case 'GET /sim/state':
      return ok(state(parts));
    case 'GET /sim/log': {
      const requests = parts.host.venue.requests(Number(url.searchParams.get('after') ?? 0));
      return ok({ requests: requests.map((request) => ({ ...request, at: rfc3339(request.at) })) });
    }
    case 'POST /sim/step':
      if (parts.metronome.speed !== 0) return failure(409, 40910000, 'the exchange runs by itself; set the speed to 0 to step by hand');
      await parts.host.step();
      return ok(state(parts));
    case 'POST /sim/speed': {
      const speed = isRecord(body) ? body['speed'] : undefined;
      if (typeof speed !== 'number' || !isSpeed(speed))
        return failure(422, 42210000, `speed must be a number of bars a minute, 0 to ${SPEED_MAX}`);
      parts.metronome.setSpeed(speed);
      return ok(state(parts));
    }
    default:
      return undefined;
  }
}
