import type { TaskFile } from '../control/world.ts';
import { FileCard } from '../files/file-card.tsx';
import { typeOfName } from '../files/file-kinds.ts';
import { Picture } from '../files/picture.tsx';
import { Player } from '../files/player.tsx';
import { useTexts } from '../texts/language.tsx';

/** Files of a description or comment: pictures to look at, recordings to listen to, everything to download. */
export function FileList({ files }: { files: TaskFile[] }) {
  const t = useTexts();
  if (files.length === 0) return null;
  return (
    <ul className="file-list" aria-label={t.files}>
      {files.map((file) => (
        <li key={file.id}>
          <FileView file={file} />
        </li>
      ))}
    </ul>
  );
}

function FileView({ file }: { file: TaskFile }) {
  const type = typeOfName(file.name);
  const card = <FileCard file={file} />;
  if (type.startsWith('image/')) {
    return (
      <div className="file-with-preview">
        <Picture url={file.url} name={file.name} className="file-picture" instead={null} />
        {card}
      </div>
    );
  }
  const kind = /^(audio|video)\//.exec(type)?.[1];
  if (kind !== 'audio' && kind !== 'video') return card;
  return (
    <div className="file-with-preview">
      <Player kind={kind} url={file.url} name={file.name} instead={null} />
      {card}
    </div>
  );
}
