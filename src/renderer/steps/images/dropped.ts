/** Where the one folder that was dropped lies; null for anything else. */
export function droppedFolder(transfer: DataTransfer | null): string | null {
  const items = [...(transfer?.items ?? [])].filter(({ kind }) => kind === 'file');
  const [item] = items;
  if (items.length !== 1 || item?.webkitGetAsEntry()?.isDirectory !== true) return null;
  const file = item.getAsFile();
  const path = file === null ? '' : window.understudy.pathOf(file);
  return path === '' ? null : path;
}
