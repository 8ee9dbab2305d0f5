import { ActionIcon, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import type { ShownFile } from '../control/world.ts';
import { DownloadIcon } from '../icons.tsx';
import { useLanguage } from '../texts/language.tsx';
import { endingOf, sizeInWords } from './file-kinds.ts';

type FileCardProps = { file: ShownFile; canDownload?: boolean; children?: ReactNode };

/** A file by its name: what kind, how large, and the way to have it. */
export function FileCard({ file, canDownload = true, children }: FileCardProps) {
  const { t, language } = useLanguage();
  const name = file.name === '' ? t.unnamedFile : file.name;
  return (
    <div className="file-card">
      <FileBadge name={file.name} mimeType={file.mimeType} />
      <div className="file-words">
        <Text size="sm" lineClamp={2} title={name} className="file-name">
          {name}
        </Text>
        <Text size="xs" c="dimmed">
          {canDownload ? sizeInWords(file.size, language) : t.bytesNotKept(sizeInWords(file.size, language))}
        </Text>
      </div>
      {children}
      {canDownload && (
        <ActionIcon
          component="a"
          href={file.url}
          download={name}
          variant="subtle"
          color="gray"
          aria-label={t.downloadFile(name)}
          title={t.downloadFile(name)}
        >
          <DownloadIcon size={17} />
        </ActionIcon>
      )}
    </div>
  );
}

const badgeColors: [RegExp, string][] = [
  [/^(pdf)$/, 'red'],
  [/^(docx?|odt|rtf|txt|md)$/, 'blue'],
  [/^(xlsx?|ods|csv)$/, 'green'],
  [/^(pptx?|odp)$/, 'orange'],
  [/^(jpe?g|png|gif|webp|svg|mp4|3gp|mov)$/, 'violet'],
  [/^(mp3|ogg|oga|m4a|aac|amr|wav)$/, 'cyan'],
];

export function FileBadge({ name, mimeType }: { name: string; mimeType: string }) {
  const ending = endingOf(name) || (/\/(?:x-)?([a-z0-9]{2,5})\b/.exec(mimeType)?.[1] ?? '');
  const color = badgeColors.find(([pattern]) => pattern.test(ending))?.[1] ?? 'gray';
  return (
    <span className="file-badge" aria-hidden="true" style={{ background: `var(--mantine-color-${color}-6)` }}>
      {ending.slice(0, 4).toUpperCase() || '•'}
    </span>
  );
}
