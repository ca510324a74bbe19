import { ACCESS_ACTS, accessSentence } from '../approvals/access.ts';
import { ROLE_NAMES } from '../approvals/roles.ts';
import type { Role } from '../approvals/roles.ts';
import type { EventOf, RecordedPerson } from './events.ts';
import type { EngineState } from './state.ts';
import { change, raise, withEntry, withoutEntry } from './turn.ts';
import type { Turn } from './turn.ts';

/** Somebody as the table of people says it. */
export interface PersonNow extends RecordedPerson {
  readonly role: Role;
}

type Recorded = Pick<EventOf<'PersonRecorded'>, 'person' | 'role'>;

function sentenceOf(person: RecordedPerson, role: Role | undefined, before: PersonNow | undefined): string {
  if (role === undefined) return `${person.name} is here no more.`;
  if (before === undefined) return `${person.name} was ${person.joined ? 'found here' : 'invited'} as ${ROLE_NAMES[role]}.`;
  if (before.role !== role) return `${person.name} was ${ROLE_NAMES[before.role]} and is ${ROLE_NAMES[role]}.`;
  if (before.joined !== person.joined) return `${person.name} has joined as ${ROLE_NAMES[role]}.`;
  return `${before.name} is called ${person.name}.`;
}

/** The journal tells who could do what at any time; the table of people alone would tell it of now only. */
export function personRecorded(turn: Turn, { person, role, by, recordedAt }: EventOf<'PersonRecorded'>): void {
  const { people } = turn.state;
  const before = people.get(person.id);
  change(turn, { people: role === undefined ? withoutEntry(people, person.id) : withEntry(people, person.id, { ...person, role }) });
  // Who is here at the very first start is no news.
  if (people.size === 0 && !by.startsWith('user:')) return;
  raise(turn, 'PersonChanged', `${person.id}-${recordedAt}`, 'info', sentenceOf(person, role, before), `By ${by}.`);
}

/** Who opened which door, and who changed whose keys to it: nothing that the engine decides by, and part of the record all the same. */
export function accessRecorded(turn: Turn, { by, recordedAt, ...access }: EventOf<'AccessRecorded'>): void {
  const { severity } = ACCESS_ACTS[access.act];
  if (severity === undefined) return;
  raise(turn, 'AccessChanged', `${access.person.id}-${access.act}-${recordedAt}`, severity, accessSentence(access), `By ${by}.`);
}

const isSame = (left: PersonNow, right: PersonNow): boolean =>
  left.name === right.name && left.role === right.role && left.joined === right.joined;

/** What the journal does not know yet of the people who are here, in the order of the table; then who is here no more. */
export function unrecorded({ people }: Pick<EngineState, 'people'>, now: readonly PersonNow[]): readonly Recorded[] {
  const changed = now.filter((person) => {
    const known = people.get(person.id);
    return known === undefined || !isSame(known, person);
  });
  const gone = [...people.values()].filter(({ id }) => now.every((person) => person.id !== id));
  return [
    ...changed.map(({ role, ...person }) => ({ person, role })),
    ...gone.map(({ id, name, joined }) => ({ person: { id, name, joined } })),
  ];
}
