/** How a picture of the gallery is told from a file of the device while it is dragged. */
const type = 'application/x-pulse-picture';

export function drag(data: DataTransfer, fileId: string): void {
  data.setData(type, fileId);
  data.effectAllowed = 'copy';
}

export const isDragged = (data: DataTransfer): boolean => data.types.includes(type);

/** The id of the picture that is dropped. */
export const dragged = (data: DataTransfer): string | undefined => data.getData(type) || undefined;
