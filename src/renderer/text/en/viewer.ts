export const viewer = {
  keys: {
    zoomIn: 'Zoom in',
    zoomOut: 'Zoom out',
    fit: 'Fit the image to the window',
    actualSize: 'One screen pixel a pixel of the image',
    pan: 'Move the image',
    previousSlice: 'Previous slice',
    nextSlice: 'Next slice',
    previousImage: 'Previous image',
    nextImage: 'Next image',
    panTool: 'Move tool; hold Space under any other tool',
    windowTool: 'Window tool; drag with the right button under any tool',
    measureTool: 'Measure tool',
    resetWindow: 'Show again what the model sees',
    close: 'Back to the grid',
  },
};
