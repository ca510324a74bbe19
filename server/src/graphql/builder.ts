import SchemaBuilder from '@pothos/core';
import ScopeAuthPlugin from '@pothos/plugin-scope-auth';
import { GraphQLError } from 'graphql';
import type { Fixed } from '../money/fixed.ts';
import type { Instant } from '../money/instant.ts';
import type { Context } from './context.ts';
import type { Objects } from './objects.ts';
import type { Principal } from './principal.ts';
import { CURSOR, DATE_TIME, DECIMAL } from './scalars.ts';

/** The kinds of value that the schema is built from. */
export interface SchemaTypes {
  Context: Context;
  Objects: Objects;
  Interfaces: { Node: object };
  DefaultFieldNullability: false;
  AuthScopes: { principal: boolean };
  DefaultAuthStrategy: 'all';
  AuthContexts: { principal: Context & { readonly principal: Principal } };
  Scalars: {
    /** Arguments stay text: the edge that knows the kind (price, quantity, …) parses it and can name the field. */
    Decimal: { Input: string; Output: Fixed };
    DateTime: { Input: Instant; Output: Instant };
    Cursor: { Input: string; Output: string };
    ID: { Input: string; Output: string };
  };
}

export const unauthenticated = (): GraphQLError =>
  new GraphQLError('Log in first: open the link that the server printed at start, or send an API key.', {
    extensions: { code: 'UNAUTHENTICATED', http: { status: 401 } },
  });

/** A new builder with scalars and the three root types, whose every field needs a principal. */
export function createBuilder() {
  const builder = new SchemaBuilder<SchemaTypes>({
    plugins: [ScopeAuthPlugin],
    defaultFieldNullability: false,
    scopeAuth: {
      authorizeOnSubscribe: true,
      defaultStrategy: 'all',
      authScopes: (context) => ({ principal: context.principal !== undefined }),
      unauthorizedError: unauthenticated,
    },
  });
  builder.addScalarType('Decimal', DECIMAL);
  builder.addScalarType('DateTime', DATE_TIME);
  builder.addScalarType('Cursor', CURSOR);
  builder.queryType({ authScopes: { principal: true } });
  builder.mutationType({ authScopes: { principal: true } });
  builder.subscriptionType({ authScopes: { principal: true } });
  return builder;
}

export type Builder = ReturnType<typeof createBuilder>;
