/** Families of teachers in the namings of the libraries that write them. */
export const teacherFamilies = {
  timm: "a vision transformer in timm's naming",
  deit: "a distilled DeiT in timm's naming",
  dino: "DINO in Meta's naming",
  dinov2: "DINOv2 in Meta's naming",
  mae: 'a masked autoencoder (MAE)',
  prithvi: 'Prithvi, a masked autoencoder of satellite images',
  timmClip: "CLIP's vision tower in timm's naming",
  timmSiglip: "SigLIP's vision tower in timm's naming",
  openaiClip: "CLIP's vision tower in OpenAI's naming",
  hfClip: "CLIP's vision tower in Hugging Face's naming",
  hfSiglip: "SigLIP's vision tower in Hugging Face's naming",
  hfDinov2: "DINOv2 in Hugging Face's naming",
  hfVit: "ViT in Hugging Face's naming",
  hfDeit: "DeiT in Hugging Face's naming",
  hfMae: "a masked autoencoder (MAE) in Hugging Face's naming",
  torchvision: "ViT in torchvision's naming",
};

/** Names of families after "as in", if a single name is ambiguous. */
export const usualFamilies = {
  openaiClip: "OpenAI's CLIP",
  timmClip: "timm's CLIP",
  timmSiglip: "timm's SigLIP",
  hfVit: "Hugging Face's ViT",
  hfDeit: "Hugging Face's DeiT",
  hfMae: "Hugging Face's MAE",
};
