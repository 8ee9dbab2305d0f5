import { CloseButton } from '@mantine/core';
import type { TaskFile } from '../control/world.ts';
import { FileCard } from '../files/file-card.tsx';
import { useTexts } from '../texts/language.tsx';

type KeptFilesProps = { files: TaskFile[]; onRemove: (file: TaskFile) => void };

/** What a comment that is being changed has already. */
export function KeptFiles({ files, onRemove }: KeptFilesProps) {
  const t = useTexts();
  if (files.length === 0) return null;
  return (
    <ul className="pending-files" aria-label={t.files}>
      {files.map((file) => (
        <li key={file.id}>
          <FileCard file={file}>
            <CloseButton size="sm" aria-label={t.removeFile(file.name)} onClick={() => onRemove(file)} />
          </FileCard>
        </li>
      ))}
    </ul>
  );
}
