# A vision transformer's encoder in the text form of a TorchScript archive; its weights lie beside it in the archive.
# Parameters have timm's names. B batch, N patches, D width. Operators are those of PyTorch 1.13 and later.
class Layer(Module):
  __parameters__ = ["weight", "bias", ]
  __buffers__ = []
  weight : Tensor
  bias : Tensor
  training : bool

  def linear(self: __torch__.Layer, x: Tensor) -> Tensor:
    return torch.linear(x, self.weight, self.bias)

  def norm(self: __torch__.Layer, x: Tensor) -> Tensor:
    return torch.layer_norm(x, [torch.size(x, -1)], self.weight, self.bias, 9.9999999999999995e-07)

class PatchEmbed(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool
  proj : __torch__.Layer
  patch_size : int

  # images [B, C, H, W] -> [B, N, D]
  def forward(self: __torch__.PatchEmbed, x: Tensor) -> Tensor:
    p = self.patch_size
    y = torch.conv2d(x, self.proj.weight, self.proj.bias, [p, p], [0, 0], [1, 1], 1)
    return torch.transpose(torch.flatten(y, 2), 1, 2)

class Attention(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool
  qkv : __torch__.Layer
  proj : __torch__.Layer
  num_heads : int

  def forward(self: __torch__.Attention, x: Tensor) -> Tensor:
    d = torch.size(x, 2)
    hd = torch.floordiv(d, self.num_heads)
    qkv = torch.reshape((self.qkv).linear(x), [torch.size(x, 0), torch.size(x, 1), 3, self.num_heads, hd])
    qkv = torch.permute(qkv, [2, 0, 3, 1, 4]) # [3, B, heads, N, hd]
    q = torch.mul(torch.select(qkv, 0, 0), torch.pow(hd, -0.5))
    a = torch.softmax(torch.matmul(q, torch.transpose(torch.select(qkv, 0, 1), -2, -1)), -1)
    y = torch.transpose(torch.matmul(a, torch.select(qkv, 0, 2)), 1, 2)
    return (self.proj).linear(torch.flatten(y, 2))

class Mlp(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool
  fc1 : __torch__.Layer
  fc2 : __torch__.Layer

  def forward(self: __torch__.Mlp, x: Tensor) -> Tensor:
    return (self.fc2).linear(torch.gelu((self.fc1).linear(x)))

class Block(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool
  norm1 : __torch__.Layer
  attn : __torch__.Attention
  norm2 : __torch__.Layer
  mlp : __torch__.Mlp

  def forward(self: __torch__.Block, x: Tensor) -> Tensor:
    y = torch.add(x, (self.attn).forward((self.norm1).norm(x)))
    return torch.add(y, (self.mlp).forward((self.norm2).norm(y)))

class Vit(Module):
  __parameters__ = ["cls_token", "pos_embed", ]
  __buffers__ = []
  cls_token : Tensor
  pos_embed : Tensor
  training : bool
  patch_embed : __torch__.PatchEmbed
  blocks : __torch__.Blocks
  norm : __torch__.Layer
  mean : List[float]
  std : List[float]
  image_size : List[int]

  # normalised images [B, C, H, W] -> all tokens [B, 1 + N, D], [cls] first
  def forward_features(self: __torch__.Vit, images: Tensor) -> Tensor:
    x = (self.patch_embed).forward(images)
    cls = torch.expand(self.cls_token, [torch.size(x, 0), -1, -1])
    x = torch.add(torch.cat([cls, x], 1), self.pos_embed)
    return (self.norm).norm((self.blocks).forward(x))

  # -> features [B, D]: the [cls] token
  def forward(self: __torch__.Vit, images: Tensor) -> Tensor:
    return torch.select((self).forward_features(images), 1, 0)
