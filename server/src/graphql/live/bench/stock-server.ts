import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { useServer } from 'graphql-ws/use/ws';
import { createPubSub, createSchema, createYoga } from 'graphql-yoga';
import { WebSocketServer } from 'ws';
import type { Footprint, Listening } from './messages.ts';

/** The same subscription as the libraries' own documentation builds it: in-process publish and subscribe, an execution and a serialisation for each reader. */
const pubSub = createPubSub<{ orders: [event: { cursor: string; order: Record<string, unknown> }] }>();
let cursor = 0;

const yoga = createYoga({
  logging: false,
  schema: createSchema({
    typeDefs: /* GraphQL */ `
      scalar Cursor
      scalar Decimal
      type Order {
        id: ID!
        state: String!
        symbol: String!
        side: String!
        quantity: Decimal!
        filledQuantity: Decimal!
        limitPrice: Decimal
        reason: String!
      }
      type OrderUpdate {
        cursor: Cursor!
        order: Order!
      }
      type Query {
        ok: Boolean!
      }
      type Mutation {
        placeOrder(reason: String!): Boolean!
      }
      type Subscription {
        orders(after: Cursor): OrderUpdate!
      }
    `,
    resolvers: {
      Mutation: {
        placeOrder: (_root: unknown, { reason }: { reason: string }) => {
          cursor += 1;
          const order = { id: `order-${cursor}`, state: 'DENIED', symbol: 'SYNA', side: 'BUY', quantity: '1000000' };
          pubSub.publish('orders', { cursor: String(cursor), order: { ...order, filledQuantity: '0', limitPrice: '1', reason } });
          return true;
        },
      },
      Subscription: {
        orders: { subscribe: () => pubSub.subscribe('orders'), resolve: (event: unknown) => event },
      },
    },
  }),
});

const server = createServer((request, response) => void yoga(request, response));
const sockets = new WebSocketServer({ server, path: '/graphql' });
useServer(
  {
    execute: (args) => (args.rootValue as ReturnType<typeof yoga.getEnveloped>).execute(args),
    subscribe: (args) => (args.rootValue as ReturnType<typeof yoga.getEnveloped>).subscribe(args),
    onSubscribe: async (_context, _id, params) => {
      const enveloped = yoga.getEnveloped({ params });
      const { schema, parse, validate, contextFactory } = enveloped;
      const document = parse(params.query);
      const errors = validate(schema, document);
      if (errors.length > 0) return errors;
      return {
        schema,
        document,
        operationName: params.operationName,
        variableValues: params.variables,
        contextValue: await contextFactory(),
        rootValue: enveloped,
      };
    },
  },
  sockets,
);
server.listen(0, '127.0.0.1', () => {
  process.send?.({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` } satisfies Listening);
});
process.on('message', (message) => {
  if (message !== 'footprint') process.exit(0);
  const { user, system } = process.cpuUsage();
  process.send?.({ rssMb: process.memoryUsage.rss() / 2 ** 20, cpuMs: (user + system) / 1_000 } satisfies Footprint);
});
