import type { Builder } from '../graphql/builder.ts';
import { invalidInput, typeOfMember } from '../graphql/errors.ts';
import type { InvalidInput } from '../graphql/errors.ts';
import type { Principal } from '../graphql/principal.ts';
import { isPrintable } from '../orders/ticket.ts';

/** A new key: the secret is known to nobody after this answer. */
export interface NewApiKey {
  readonly __typename: 'ApiKeyPayload';
  readonly id: string;
  readonly name: string;
  readonly secret: string;
}

export interface AccountKeys {
  create(owner: Principal, name: string): Promise<{ readonly id: string; readonly secret: string }>;
}

const NAME_LENGTH_MAX = 60;

async function createApiKey(name: string, owner: Principal, keys: AccountKeys): Promise<NewApiKey | InvalidInput> {
  if (name.trim() === '' || name.length > NAME_LENGTH_MAX || !isPrintable(name)) {
    return invalidInput('name', `name must be 1 to ${NAME_LENGTH_MAX} printable characters`, 'Name the program that will use the key.');
  }
  return { __typename: 'ApiKeyPayload', name, ...(await keys.create(owner, name)) };
}

export function addAccounts(builder: Builder): void {
  builder.objectType('Viewer', {
    description: 'Who asks.',
    fields: (t) => ({
      id: t.exposeID('id'),
      name: t.exposeString('name'),
      kind: t.exposeString('kind', { description: 'owner or api-key.' }),
    }),
  });
  builder.objectType('ApiKeyPayload', {
    description: 'A new key: the secret is shown this once.',
    fields: (t) => ({ id: t.exposeID('id'), name: t.exposeString('name'), secret: t.exposeString('secret') }),
  });
  const result = builder.unionType('CreateApiKeyResult', { types: ['ApiKeyPayload', 'InvalidInputError'], resolveType: typeOfMember });
  builder.queryField('viewer', (t) =>
    t.authField({ type: 'Viewer', authScopes: { principal: true }, resolve: (_root, _args, { principal }) => principal }),
  );
  builder.mutationField('createApiKey', (t) =>
    t.authField({
      type: result,
      authScopes: { principal: true },
      args: { name: t.arg.string({ required: true }) },
      resolve: (_root, { name }, { principal, keys }) => createApiKey(name, principal, keys),
    }),
  );
}
