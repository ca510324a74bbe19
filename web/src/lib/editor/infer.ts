import type { SyntaxNode } from '@lezer/common';
import type { SdkEntry, SdkMember } from './sdk-reference.ts';

/** A text with its syntax tree. */
export interface Parsed {
  readonly text: string;
  readonly top: SyntaxNode;
}

/** What an expression is: an instance of a class, or the class itself. */
export interface Inferred {
  readonly type: string;
  readonly isClass: boolean;
}

const STEPS_MAX = 12;
const instance = (type: string): Inferred => ({ type, isClass: false });

/** The kinds of expression in which types are found, not all there are: enough for the names of the SDK. */
export class Inference {
  readonly #sdk: ReadonlyMap<string, SdkEntry>;
  readonly #parsed: Parsed;

  constructor(sdk: readonly SdkEntry[], parsed: Parsed) {
    this.#sdk = new Map(sdk.map((entry) => [entry.name, entry]));
    this.#parsed = parsed;
  }

  /** The class of the SDK that the strategy extends. */
  base(): string {
    return /\bextends\s+CrossingStrategy\b/.test(this.#parsed.text) ? 'CrossingStrategy' : 'Strategy';
  }

  members({ type, isClass }: Inferred): readonly SdkMember[] {
    const members = this.#sdk.get(type)?.members ?? [];
    return members.filter((member) => member.name !== 'constructor' && member.isStatic === isClass);
  }

  of(node: SyntaxNode | null, steps = STEPS_MAX): Inferred | undefined {
    if (node === null || steps === 0) return undefined;
    switch (node.name) {
      case 'this':
        return instance(this.base());
      case 'VariableName':
        return this.#ofName(node, steps - 1);
      case 'NewExpression':
        return instance(this.#textOf(node.getChild('VariableName')));
      case 'CallExpression':
        return this.of(node.firstChild, steps - 1);
      case 'ParenthesizedExpression':
        return this.of(node.firstChild?.nextSibling ?? null, steps - 1);
      case 'MemberExpression':
        return this.#ofMember(node, steps - 1);
      default:
        return undefined;
    }
  }

  /** The member that a property's name stands for. */
  member(property: SyntaxNode): SdkMember | undefined {
    const owner = this.of(property.parent?.firstChild ?? null);
    return owner === undefined ? undefined : this.members(owner).find(({ name }) => name === this.#textOf(property));
  }

  /** The type that a field of the text declares. */
  field(name: string): string | undefined {
    return this.#declared('PropertyDeclaration', 'PropertyDefinition', name)?.type;
  }

  #ofMember(node: SyntaxNode, steps: number): Inferred | undefined {
    const owner = this.of(node.firstChild, steps);
    const property = node.getChild('PropertyName');
    // An element of a list.
    if (property === null) return owner === undefined ? undefined : instance(owner.type.replace(/\[\]$/, ''));
    const name = this.#textOf(property);
    const known = owner === undefined ? undefined : this.members(owner).find((member) => member.name === name);
    if (known !== undefined) return instance(known.type);
    const field = this.field(name);
    return field === undefined ? undefined : instance(field);
  }

  #ofName(node: SyntaxNode, steps: number): Inferred | undefined {
    const name = this.#textOf(node);
    const entry = this.#sdk.get(name);
    if (entry?.kind === 'class') return { type: name, isClass: true };
    if (entry?.kind === 'function') return instance('Parameter');
    const found = this.#declared('VariableDeclaration', 'VariableDefinition', name, node.from);
    if (found === undefined) return undefined;
    return found.type === undefined ? this.of(found.value, steps) : instance(found.type);
  }

  /** The last declaration of a name before a place. */
  #declared(
    kind: string,
    nameKind: string,
    name: string,
    before = Infinity,
  ): { readonly type: string | undefined; readonly value: SyntaxNode | null } | undefined {
    let found: SyntaxNode | undefined;
    this.#parsed.top.cursor().iterate((ref) => {
      if (ref.from >= before) return false;
      if (ref.name === kind && this.#textOf(ref.node.getChild(nameKind)) === name) found = ref.node;
      return true;
    });
    if (found === undefined) return undefined;
    const value = found.getChild('Equals')?.nextSibling ?? null;
    const annotation = this.#textOf(found.getChild('TypeAnnotation')).replace(/^:\s*/, '');
    const type = annotation === '' ? (kind === 'PropertyDeclaration' ? this.of(value)?.type : undefined) : annotation;
    return { type, value };
  }

  #textOf(node: SyntaxNode | null): string {
    return node === null ? '' : this.#parsed.text.slice(node.from, node.to);
  }
}
