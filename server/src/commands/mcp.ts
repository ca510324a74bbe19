import type { Command } from 'commander';
import { KEY_VARIABLE, originOf, SERVER_DEFAULT } from './server-access.ts';
import { UsageError } from './usage.ts';
import type { Terminal } from './usage.ts';

const EXAMPLES = `
Examples:
  ${KEY_VARIABLE}=tmk_… tidemark mcp
  ${KEY_VARIABLE}=tmk_… tidemark mcp --server https://tidemark.example

A client starts it by itself: it speaks the Model Context Protocol on stdin and stdout, and says what goes wrong on stderr.
`;

/** A server of the Model Context Protocol on stdin and stdout, which is the one at `/mcp` of a running server. */
export function addMcp(program: Command, terminal: Terminal): void {
  program
    .command('mcp')
    .description('a running server’s tools for an agent, over stdin and stdout')
    .option('--server <url>', 'the server', SERVER_DEFAULT)
    .addHelpText('after', EXAMPLES)
    .action(async ({ server }: { readonly server: string }) => await bridge(server, terminal));
}

async function bridge(server: string, { environment, input, out, err }: Terminal): Promise<void> {
  const origin = originOf(server);
  const key = environment[KEY_VARIABLE];
  if (key === undefined || key === '') throw new UsageError(`${KEY_VARIABLE} is not set: give the key of an agent, from the page Security`);
  if (input === undefined) throw new UsageError('Nothing can be asked here: stdin is closed');
  const { StdioServerTransport } = await import('@modelcontextprotocol/server/stdio');
  const { Bridge } = await import('./mcp-bridge.ts');
  const client = new StdioServerTransport(input, out as NodeJS.WriteStream);
  await new Bridge(client, { origin, key, fetch, say: (line) => err.write(`tidemark mcp: ${line}\n`) }).run();
}
