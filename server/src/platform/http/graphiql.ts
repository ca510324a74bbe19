import { contentSecurityPolicy, scriptHashes } from './security-headers.ts';

/** A page and the one policy under which it may run. */
export interface Page {
  readonly html: string;
  readonly contentSecurityPolicy: string;
}

const FIRST_QUERY = `# Tidemark's API. Ctrl-Enter runs the operation under the cursor; the book on the left is the reference.
query Overview {
  overview {
    mode
    asOf
    equity
    dayPnl
    tradingState
  }
}

# Every change of every order, live:
# subscription { orders { ... on OrderUpdate { cursor order { symbol side quantity state } } } }
`;

let rendered: Promise<Page> | undefined;

async function render(): Promise<Page> {
  // Nine megabytes that most processes never need: loaded when somebody first asks.
  const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql');
  const html = renderGraphiQL({
    title: 'Tidemark GraphiQL',
    defaultQuery: FIRST_QUERY,
    subscriptionsProtocol: 'WS',
    shouldPersistHeaders: false,
  });
  const policy = contentSecurityPolicy(scriptHashes(html)).replace("worker-src 'self'", "worker-src 'self' blob:");
  return { html, contentSecurityPolicy: policy };
}

/** GraphiQL with everything inside the page: nothing is fetched from elsewhere. Its editors run in workers made from its own text. */
export function graphiqlPage(): Promise<Page> {
  rendered ??= render();
  return rendered;
}
