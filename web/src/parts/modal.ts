import type { Attachment } from 'svelte/attachments';

/**
 * A dialog that is modal for as long as it stands in the page. `dismissed` is called when the person closes it (Escape, a form of method dialog), never when
 * the page takes it away: a browser fires `close` later, when the next dialog may already stand there, and that one would be closed in its place.
 * Focus goes back to where it was, if that is still there.
 */
export function modal(dismissed: () => void): Attachment<HTMLDialogElement> {
  return (dialog) => {
    const before = document.activeElement;
    dialog.addEventListener('close', dismissed);
    dialog.showModal();
    return () => {
      dialog.removeEventListener('close', dismissed);
      dialog.close();
      if (before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true });
    };
  };
}
