import { atLeast, ROLE_NAMES } from '../../approvals/roles.ts';
import type { ReadFile } from '../settings/yaml-file.ts';
import type { Plan, PlannedChange } from './change.ts';
import type { ServerState } from './server-state.ts';
import type { UsersFile } from './shapes.ts';

/** Why whoever asks cannot change this role: the server would refuse it, in the middle of everything else. */
function whyNot({ viewer }: ServerState, personId: string): string | undefined {
  if (viewer.kind !== 'person') return 'roles are given by people, not by keys: log in with --as NAME';
  if (!atLeast(viewer.role, 'admin')) return `giving roles needs the role admin; yours is ${ROLE_NAMES[viewer.role]}`;
  if (personId === viewer.personId) return 'this is you: another admin changes your role, on the page People';
  return undefined;
}

/** What a file of roles comes to. */
export function planUsers({ value, at }: ReadFile<UsersFile>, state: ServerState): Plan {
  const problems: string[] = [];
  const changes: PlannedChange[] = [];
  for (const [name, role] of Object.entries(value.users)) {
    const person = state.people.find((one) => one.name === name);
    if (person === undefined) {
      problems.push(`${at(['users'], name)}: there is nobody named "${name}": invite them first, on the page People`);
      continue;
    }
    if (person.role === role) continue;
    const refused = whyNot(state, person.id);
    if (refused !== undefined)
      problems.push(`${at(['users', name])}: ${name} is ${ROLE_NAMES[person.role]} → ${ROLE_NAMES[role]}: ${refused}`);
    changes.push({
      file: 'users.yaml',
      subject: name,
      lines: [`${ROLE_NAMES[person.role]} → ${ROLE_NAMES[role]}`],
      effect: 'roles',
      step: { kind: 'role', personId: person.id, role },
    });
  }
  return { problems, changes };
}
