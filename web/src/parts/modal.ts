import type { Attachment } from 'svelte/attachments';

/** A dialog that is modal for as long as it stands in the page. Focus goes back to where it was, if that is still there. */
export const modal: Attachment<HTMLDialogElement> = (dialog) => {
  const before = document.activeElement;
  dialog.showModal();
  return () => {
    dialog.close();
    if (before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true });
  };
};
