import { type DragEvent, useRef, useState } from 'react';

const holdsFiles = (event: DragEvent): boolean => event.dataTransfer.types.includes('Files');

/** Makes an element take files that are dropped onto it; `isOver` while they hang above it. */
export function useFileDrop(onFiles: (files: File[]) => void) {
  // Every child that the files pass over enters and leaves, too.
  const depth = useRef(0);
  const [isOver, setIsOver] = useState(false);
  const move = (by: number) => {
    depth.current = Math.max(0, depth.current + by);
    setIsOver(depth.current > 0);
  };
  const dropProps = {
    onDragEnter: (event: DragEvent) => holdsFiles(event) && move(1),
    onDragLeave: (event: DragEvent) => holdsFiles(event) && move(-1),
    onDragOver: (event: DragEvent) => {
      if (holdsFiles(event)) event.preventDefault();
    },
    onDrop: (event: DragEvent) => {
      if (!holdsFiles(event)) return;
      event.preventDefault();
      move(-depth.current);
      onFiles([...event.dataTransfer.files]);
    },
  };
  return { isOver, dropProps };
}
