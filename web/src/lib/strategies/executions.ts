import type { ExecutionMode } from '@tidemark/schema/documents';

/** How a strategy's orders leave, in words: the choice on its page, and its badge everywhere. */
export const EXECUTIONS: Readonly<Record<ExecutionMode, { readonly name: string; readonly text: string }>> = {
  AUTOMATIC: { name: 'Automatic', text: 'Every order leaves as soon as the risk gate lets it through.' },
  RECOMMEND: {
    name: 'Recommend',
    text: 'What opens or adds to a position waits for a person, on the page Approvals. Exits leave by themselves.',
  },
  SHADOW: {
    name: 'Shadow',
    text: 'It decides and keeps a book of its own, and sends nothing that opens a position. What it really holds it may still close.',
  },
};

export const EXECUTION_ORDER: readonly ExecutionMode[] = ['AUTOMATIC', 'RECOMMEND', 'SHADOW'];
