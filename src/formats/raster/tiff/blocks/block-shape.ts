/** Shape that a block must decode to. */
export interface BlockShape {
  /** px. */
  readonly width: number;
  /** Requested rows: those inside the page. */
  readonly rows: number;
  /** Rows of a whole block; a last strip may contain all of them. */
  readonly fullRows: number;
  /** Values a pixel. */
  readonly samples: number;
  /** A row as stored. */
  readonly rowBytes: number;
}

/** Context that some schemes need in addition to a block's bytes. */
export interface BlockContext {
  readonly path: string;
  /** Quantization and Huffman tables common to all blocks; empty if there are none. */
  readonly jpegTables: Uint8Array;
  readonly isYcbcr: boolean;
  /** LercParameters: the version, then 0 nothing, 1 Deflate or 2 zstd around each block. */
  readonly lercPacking: number;
}
