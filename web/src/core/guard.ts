import type { Guard } from './types';

const files = (count: number): string => (count === 1 ? '1 file' : `${count.toLocaleString()} files`);

/** What is held and why, what approving it does, and what putting back does; in sentences. */
export function guardWords(guard: Guard): { held: string; why: string; approve: string; approving: string; revert: string; reverting: string } {
  const machine = guard.machine || 'a machine';
  const [were, are, come] = guard.count === 1 ? ['was', 'is', 'comes'] : ['were', 'are', 'come'];
  const put = { revert: 'Put back', reverting: `${files(guard.count)} ${come} back to ${machine} as the hub has them. Nothing is deleted anywhere.` };
  const gone = { approve: 'Approve', approving: `${files(guard.count)} ${are} deleted on every machine. The hub keeps what was in them: it can be restored under Deleted.` };
  switch (guard.kind) {
    case 'mass-delete':
      return { held: `${files(guard.count)} ${were} deleted on ${machine}`, why: 'So many at once may be an accident. Nobody else has lost them yet.', ...gone, ...put };
    case 'root-emptied':
      return { held: `The folder on ${machine} is empty: ${files(guard.count)} ${are} missing there`, why: 'That may be an accident. Nobody else has lost them yet.', ...gone, ...put };
    case 'root-replaced':
      return { held: `Another folder stands in the place of the specs on ${machine}`, why: 'Nothing is sent from it until somebody says that it is the right one.', approve: 'Approve', approving: `${machine} goes on with the folder that is there now. What it has besides is added; nothing is deleted.`, ...put };
    case 'root-missing':
      return { held: `The specs folder on ${machine} is missing`, why: 'It may be on a disk that is not there. Nobody else has lost anything.', ...gone, ...put };
    default: // of a newer hub: its own words follow
      return { held: `${files(guard.count)} of ${machine} ${are} held`, why: 'Nobody else has lost them yet.', ...gone, ...put };
    case 'quarantine':
      return { held: `${files(guard.count)} that ${machine} deleted ${are} set aside at the hub`, why: 'It is more than a machine may delete within a minute without a person. Nobody else has lost them yet.', ...gone, ...put };
  }
}
