export { watchFiles, type FileActivity } from '../formats/file-activity.ts';
