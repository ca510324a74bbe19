import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { KeysRefused, MASTER_KEY, parseMasterKey } from '../../accounts/broker-keys/master-key.ts';
import { ChannelSettingsError, describeChannels } from '../../alerts/channel-settings.ts';
import { readAlertSettings } from '../settings/alert-rules.ts';
import { SettingsFileError } from '../settings/yaml-file.ts';
import { ill, messageOf, well } from './finding.ts';
import type { Finding } from './finding.ts';

const OLDEST_NODE = 24;
const DASHBOARD = fileURLToPath(new URL('../../../../web/build/index.html', import.meta.url));

export function checkNode(version: string): Finding {
  const major = Number(version.split('.')[0]);
  return major >= OLDEST_NODE
    ? well('Node', version)
    : ill('Node', `${version} is too old`, `Install Node ${OLDEST_NODE} or later, or run npm install again: it brings one on Linux.`);
}

/** Loads the indicators and every built-in strategy, as a start does. */
export async function checkComputeCore(): Promise<Finding> {
  try {
    const { compileBuiltIns, closeCompiler, openIndicators } = await import('@tidemark/compute');
    const { specs } = await openIndicators();
    const strategies = await compileBuiltIns();
    await closeCompiler();
    return well('compute core', `${specs.length} indicators, ${strategies.length} built-in strategies`);
  } catch (error) {
    return ill('compute core', messageOf(error), 'Build it: node compute/build.ts, then node compute/build-strategies.ts.');
  }
}

export const checkDashboard = (path: string = DASHBOARD): Finding =>
  existsSync(path)
    ? well('dashboard', 'built')
    : ill('dashboard', 'not built', 'Build it: node web/build.ts (npm start does it by itself).');

/** Whether the port could be listened on now. `heldBy` names the server of the same data directory, where one runs. */
export function checkPort(port: number, heldBy: string | undefined): Promise<Finding> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error) => {
      const busy = 'code' in error && error.code === 'EADDRINUSE';
      if (busy && heldBy !== undefined) resolve(well('port', `${port} is in use; the data directory is in use by ${heldBy}`));
      else
        resolve(
          ill(
            'port',
            busy ? `${port} is in use` : `${port}: ${messageOf(error)}`,
            'Stop the program that listens there, or choose another with --port.',
          ),
        );
    });
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(well('port', `${port} is free`))));
  });
}

const KEY_ID = 'APCA_API_KEY_ID';
const SECRET = 'APCA_API_SECRET_KEY';

/** Says which keys are there, never what they are. */
export function checkKeys(environment: NodeJS.ProcessEnv): Finding {
  if (/^AK/i.test(environment[KEY_ID] ?? ''))
    return ill(
      'keys',
      `${KEY_ID} is the key of a live account, and lies open in the environment`,
      `Make another at the broker, store it with tidemark keys add live, and delete this one there.`,
    );
  const [hasId, hasSecret] = [Boolean(environment[KEY_ID]), Boolean(environment[SECRET])];
  if (hasId && hasSecret) return well('keys', `${KEY_ID} and ${SECRET} are set: --exchange alpaca-paper can be used`);
  if (!hasId && !hasSecret) return well('keys', `no Alpaca keys: the simulated exchange needs none`);
  const [there, missing] = hasId ? [KEY_ID, SECRET] : [SECRET, KEY_ID];
  return ill('keys', `${there} is set, ${missing} is not`, `Set ${missing} too, or neither.`);
}

/** Whether what opens the stored keys is there, and is a key. */
export function checkMasterKey(environment: NodeJS.ProcessEnv): Finding {
  const text = environment[MASTER_KEY];
  if (text === undefined) return well('master key', `${MASTER_KEY} is not set: no stored keys of the broker can be opened`);
  try {
    return well('master key', `${MASTER_KEY} is set: its name is ${parseMasterKey(text).id}`);
  } catch (error) {
    if (!(error instanceof KeysRefused)) throw error;
    return ill('master key', error.message, 'Set the one with which the keys were stored: tidemark keys list names it.');
  }
}

/** Where alerts go beside the dashboard; what is half set up would be missed on the day that it is needed. */
export async function checkAlertChannels(environment: NodeJS.ProcessEnv): Promise<Finding> {
  try {
    return well('alerts', describeChannels(await readAlertSettings(environment)));
  } catch (error) {
    const isKnown =
      error instanceof ChannelSettingsError || error instanceof SettingsFileError || (error instanceof Error && 'code' in error);
    if (!isKnown) throw error;
    return ill('alerts', error.message, 'The server does not start like this: mend the variable or the file, or set none of the channel.');
  }
}
