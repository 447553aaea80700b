# AdamW over lists of parameters, and what goes with it. Everything is in place and without gradients; nothing here waits
# for the device.
class Optimizer(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool

  # global norm of the gradients, a scalar
  def norm(self: __torch__.Optimizer, grads: List[Tensor]) -> Tensor:
    if ops.prim.is_cuda(grads[0]):
      return torch.norm(torch.stack(torch._foreach_norm(grads, 2)))
    # On the CPU row by row: a norm along the last axis is vectorized, that of a whole array is not.
    rows = annotate(List[Tensor], [])
    for i in range(torch.len(grads)):
      _0 = torch.append(rows, torch.reshape(torch.linalg_vector_norm(grads[i], 2, [-1]), [-1]))
    return torch.norm(torch.cat(rows))

  # scales the gradients down to a global norm of at most `limit`
  def clip(self: __torch__.Optimizer, grads: List[Tensor], norm: Tensor, limit: float) -> Tensor:
    scale = torch.clamp(torch.mul(torch.reciprocal(torch.add(norm, 9.9999999999999995e-07)), limit), None, 1.)
    torch._foreach_mul_(grads, scale)
    return norm

  # adds the gradients of a further micro-batch, by its share of the step's images
  def accumulate(self: __torch__.Optimizer, sums: List[Tensor], grads: List[Tensor], share: float) -> Tensor:
    torch._foreach_add_(sums, grads, alpha=share)
    return sums[0]

  def scale(self: __torch__.Optimizer, grads: List[Tensor], factor: float) -> Tensor:
    torch._foreach_mul_(grads, factor)
    return grads[0]

  # all gradients as bf16 (15) behind each other, filled up to [rows, C]
  def pack(self: __torch__.Optimizer, grads: List[Tensor], rows: int) -> Tensor:
    parts = annotate(List[Tensor], [])
    size = 0
    for i in range(torch.len(grads)):
      _0 = torch.append(parts, torch.to(torch.reshape(grads[i], [-1]), 15))
      size = size + torch.numel(grads[i])
    flat = torch.constant_pad_nd(torch.cat(parts), [0, (rows - size % rows) % rows])
    return torch.reshape(flat, [rows, -1])

  def room(self: __torch__.Optimizer, like: Tensor) -> Tensor:
    return torch.empty_like(like)

  # the mean of rows [R, C], summed in fp32 (6), as bf16 [C]
  def mean_of_rows(self: __torch__.Optimizer, rows: Tensor) -> Tensor:
    return torch.to(torch.mean(rows, [0], False, dtype=6), 15)

  # the gradients that were packed, into their places
  def unpack(self: __torch__.Optimizer, packed: Tensor, grads: List[Tensor]) -> Tensor:
    flat = torch.reshape(packed, [-1])
    at = 0
    for i in range(torch.len(grads)):
      end = at + torch.numel(grads[i])
      _0 = torch.copy_(grads[i], torch.reshape(torch.slice(flat, 0, at, end), torch.size(grads[i])))
      at = end
    return grads[0]

  # 1 where the loss or the norm of its gradients is not finite, else 0
  def not_finite(self: __torch__.Optimizer, loss: Tensor, norm: Tensor) -> Tensor:
    return torch.to(torch.logical_not(torch.isfinite(torch.add(loss, norm))), 6)

  # step [] counts the steps taken; a step is passed over where `skip` is 1
  def count(self: __torch__.Optimizer, step: Tensor, skip: Tensor) -> Tensor:
    return torch.add_(step, torch.rsub(skip, 1.))

  def adamw_fused(self: __torch__.Optimizer, w: List[Tensor], g: List[Tensor], m: List[Tensor], v: List[Tensor], step: Tensor, skip: Tensor, lr: float, beta1: float, beta2: float, eps: float, decay: float) -> Tensor:
    steps = annotate(List[Tensor], [])
    for i in range(torch.len(w)):
      _0 = torch.append(steps, step)
    none = annotate(List[Tensor], [])
    torch._fused_adamw_(w, g, m, v, none, steps, lr=lr, beta1=beta1, beta2=beta2, weight_decay=decay, eps=eps, amsgrad=False, maximize=False, grad_scale=None, found_inf=skip)
    return step

  # the same where no fused kernel is at hand: PyTorch 2.3 on the CPU
  def adamw_foreach(self: __torch__.Optimizer, w: List[Tensor], g: List[Tensor], m: List[Tensor], v: List[Tensor], step: Tensor, skip: Tensor, lr: float, beta1: float, beta2: float, eps: float, decay: float) -> Tensor:
    if torch.eq(float(skip), 0.):
      t = float(step)
      torch._foreach_mul_(w, 1. - lr * decay)
      torch._foreach_lerp_(m, g, 1. - beta1)
      torch._foreach_mul_(v, beta2)
      torch._foreach_addcmul_(v, g, g, 1. - beta2)
      root = torch._foreach_sqrt(v)
      torch._foreach_div_(root, torch.sqrt(1. - torch.pow(beta2, t)))
      torch._foreach_add_(root, eps)
      torch._foreach_addcdiv_(w, m, root, torch.neg(torch.div(lr, 1. - torch.pow(beta1, t))))
    return step
