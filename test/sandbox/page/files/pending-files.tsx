import { CloseButton, Text } from '@mantine/core';
import { useEffect, useState } from 'react';
import { useLanguage } from '../texts/language.tsx';
import { FileBadge } from './file-card.tsx';
import { sizeInWords } from './file-kinds.ts';

type PendingFilesProps = { files: File[]; onRemove: (file: File) => void };

/** What has been picked and not been sent yet. */
export function PendingFiles({ files, onRemove }: PendingFilesProps) {
  const { t, language } = useLanguage();
  if (files.length === 0) return null;
  return (
    <ul className="pending-files" aria-label={t.pickedFiles}>
      {files.map((file) => (
        <li key={keyOf(file)} className="pending-file">
          <Thumbnail file={file} />
          <div className="file-words">
            <Text size="xs" truncate title={file.name}>
              {file.name}
            </Text>
            <Text size="xs" c="dimmed">
              {sizeInWords(file.size, language)}
            </Text>
          </div>
          <CloseButton size="sm" aria-label={t.removeFile(file.name)} onClick={() => onRemove(file)} />
        </li>
      ))}
    </ul>
  );
}

const keyOf = (file: File): string => `${file.name} ${file.size} ${file.lastModified}`;

/** The same file picked twice stays one. */
export const addFiles = (known: File[], more: File[]): File[] => [
  ...new Map([...known, ...more].map((file) => [keyOf(file), file])).values(),
];

function Thumbnail({ file }: { file: File }) {
  const [url, setUrl] = useState<string>();
  useEffect(() => {
    if (!file.type.startsWith('image/')) return;
    const made = URL.createObjectURL(file);
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [file]);
  if (url === undefined) return <FileBadge name={file.name} mimeType={file.type} />;
  return <img className="thumbnail" src={url} alt="" />;
}
