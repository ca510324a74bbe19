import { main } from './cli.ts';

// `npm start`: the server with its defaults; further words are flags of `tidemark serve`.
process.exitCode = await main(['serve', ...process.argv.slice(2)], { out: process.stdout, err: process.stderr, environment: process.env });
