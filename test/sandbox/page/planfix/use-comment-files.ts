import { useState } from 'react';
import { putFile } from '../control/client.ts';
import type { TaskFile } from '../control/world.ts';
import { addFiles } from '../files/pending-files.tsx';

/** The files of a comment that is being written: those it has already, and those picked for it. */
export function useCommentFiles(account: string, known: TaskFile[]) {
  const [kept, setKept] = useState(known);
  const [picked, setPicked] = useState<File[]>([]);
  return {
    kept,
    picked,
    isEmpty: kept.length + picked.length === 0,
    add: (files: File[]) => setPicked((before) => addFiles(before, files)),
    removeKept: (file: TaskFile) => setKept((before) => before.filter((one) => one !== file)),
    removePicked: (file: File) => setPicked((before) => before.filter((one) => one !== file)),
    /** Puts the picked ones into Planfix; resolves to all that the comment is to have, in their order. */
    put: async (): Promise<{ id: number }[]> => {
      const all = kept.map(({ id }) => ({ id }));
      for (const file of picked) all.push({ id: (await putFile(account, file)).id });
      return all;
    },
  };
}
