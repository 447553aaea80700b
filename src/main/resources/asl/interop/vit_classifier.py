
# NORM and POOLED are filled in: the [cls] token under norm, or the mean patch token under fc_norm.
class Classifier(Module):
  __parameters__ = ["cls_token", "pos_embed", ]
  __buffers__ = []
  cls_token : Tensor
  pos_embed : Tensor
  training : bool
  patch_embed : __torch__.PatchEmbed
  blocks : __torch__.Blocks
  NORM : __torch__.Layer
  head : __torch__.Layer
  mean : List[float]
  std : List[float]
  image_size : List[int]
  classes : List[str]

  # normalised images [B, C, H, W] -> what the head sees [B, D]
  def forward_features(self: __torch__.Classifier, images: Tensor) -> Tensor:
    x = (self.patch_embed).forward(images)
    cls = torch.expand(self.cls_token, [torch.size(x, 0), -1, -1])
    x = (self.blocks).forward(torch.add(torch.cat([cls, x], 1), self.pos_embed))
    return (self.NORM).norm(POOLED)

  # -> logits [B, classes]
  def forward(self: __torch__.Classifier, images: Tensor) -> Tensor:
    return (self.head).linear((self).forward_features(images))
