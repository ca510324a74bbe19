import pg from 'pg';

/** Another process owns this journal's writing end. */
export class JournalLeased extends Error {
  override readonly name = 'JournalLeased';
}

export interface SideConnection {
  close(): Promise<void>;
}

export interface SideConnectionOptions {
  readonly url: string;
  readonly channel: string;
  /** Hold the writer's lease for as long as the connection lives. */
  readonly lease: boolean;
  /** With what was said; with nothing where something may have been said that was not heard. */
  readonly onNotification?: (payload?: string) => void;
  readonly onWarning: (message: string) => void;
}

const RECONNECT_MS = 1_000;

/**
 * A connection of its own, since LISTEN and leases belong to one. It reconnects by itself. A lease that is lost and then held by another process is
 * only warned of: the primary key of the table refuses the late writer. Throws {@link JournalLeased}.
 */
export async function openSideConnection(options: SideConnectionOptions): Promise<SideConnection> {
  let closed = false;
  let timer: NodeJS.Timeout | undefined;
  let client: pg.Client;
  const reconnect = async (): Promise<void> => {
    try {
      const next = await connect(options, lost);
      if (closed) await next.end();
      else client = next;
      // What was said meanwhile was not heard.
      options.onNotification?.();
    } catch (error) {
      options.onWarning(`The journal's side connection is not back yet: ${String(error)}`);
      lost();
    }
  };
  function lost(): void {
    if (closed || timer !== undefined) return;
    timer = setTimeout(() => {
      timer = undefined;
      void reconnect();
    }, RECONNECT_MS);
  }
  client = await connect(options, lost);
  return {
    close: async () => {
      closed = true;
      clearTimeout(timer);
      await client.end();
    },
  };
}

async function connect({ url, channel, lease, onNotification, onWarning }: SideConnectionOptions, lost: () => void): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url, application_name: 'tidemark journal', keepAlive: true });
  client.on('error', (error) => onWarning(`The journal's side connection broke: ${error.message}`));
  await client.connect();
  try {
    if (lease) await takeLease(client, channel);
    if (onNotification !== undefined) {
      client.on('notification', ({ payload }) => onNotification(payload));
      await client.query(`listen ${pg.escapeIdentifier(channel)}`);
    }
  } catch (error) {
    await client.end();
    throw error;
  }
  client.on('end', lost);
  return client;
}

async function takeLease(client: pg.Client, channel: string): Promise<void> {
  const { rows } = await client.query<{ held: boolean }>('select pg_try_advisory_lock(hashtextextended($1, 0)) as held', [channel]);
  if (rows[0]?.held !== true) {
    throw new JournalLeased(
      'Another process writes this journal: one engine owns an account. Stop the other process, or start this one with --roles api,worker.',
    );
  }
}
