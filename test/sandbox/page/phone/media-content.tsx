import type { Media } from '../control/world.ts';
import { FileCard } from '../files/file-card.tsx';
import { Picture } from '../files/picture.tsx';
import { Player } from '../files/player.tsx';
import { MicrophoneIcon } from '../icons.tsx';
import { useTexts } from '../texts/language.tsx';

/** A file as a phone shows it; by its name where there is nothing to look at or listen to. */
export function MediaContent({ type, media }: { type: string; media: Media }) {
  const t = useTexts();
  const name = media.name || (t.kinds[type] ?? t.unnamedFile);
  const card = <FileCard file={{ ...media, name }} canDownload={media.isKept} />;
  if (!media.isKept) return card;
  switch (type) {
    case 'image':
    case 'sticker':
      return <Picture url={media.url} name={name} className={`bubble-${type}`} instead={card} />;
    case 'video':
      return (
        <span className="bubble-video">
          <Player kind="video" url={media.url} name={name} instead={card} />
        </span>
      );
    case 'audio':
      return (
        <span className="bubble-audio">
          {media.voice && (
            <span className="voice-mark" role="img" aria-label={t.kinds.voice} title={t.kinds.voice}>
              <MicrophoneIcon />
            </span>
          )}
          <Player kind="audio" url={media.url} name={name} instead={card} />
        </span>
      );
    default:
      return card;
  }
}
