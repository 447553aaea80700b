# Linear heads on frozen features, in the text form of a TorchScript archive (see TorchScriptArchive).
# B batch, D width, C classes, K heads that learn side by side on the same features, each at its own learning rate.
class Probe(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool

  # Batch norm without affine (MAE's probe): x [B, D] by the batch's own moments; the running ones move by a tenth.
  def normalize(self: __torch__.Probe, x: Tensor, running_mean: Tensor, running_var: Tensor) -> Tensor:
    return torch.batch_norm(x, None, None, running_mean, running_var, True, 0.10000000000000001, 9.9999999999999995e-07, False)

  # the same by the running moments, for evaluation
  def normalize_eval(self: __torch__.Probe, x: Tensor, running_mean: Tensor, running_var: Tensor) -> Tensor:
    return torch.batch_norm(x, None, None, running_mean, running_var, False, 0.10000000000000001, 9.9999999999999995e-07, False)

  # x [B, D], weight [K, C, D], bias [K, C] -> [K, B, C]
  def logits(self: __torch__.Probe, x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    return torch.add(torch.matmul(x, torch.transpose(weight, 1, 2)), torch.unsqueeze(bias, 1))

  # Mean cross-entropy of every head on labels [B], written out: -> losses [K], d weight [K, C, D], d bias [K, C]
  def gradients(self: __torch__.Probe, x: Tensor, labels: Tensor, weight: Tensor, bias: Tensor) -> List[Tensor]:
    log_p = torch.log_softmax(self.logits(x, weight, bias), -1)
    own = torch.expand(torch.view(labels, [1, -1, 1]), [torch.size(weight, 0), -1, 1])
    losses = torch.neg(torch.mean(torch.gather(log_p, -1, own), [1, 2]))
    g = torch.exp(log_p)
    g = torch.div_(torch.scatter_add(g, -1, own, torch.full_like(torch.to(own, 6), -1.)), torch.size(x, 0))
    return [losses, torch.matmul(torch.transpose(g, 1, 2), x), torch.sum(g, [1])]

  # LARS (You et al. 2017; MAE's: no trust ratio and no decay for 1-D parameters), in place.
  # weight, d_weight, mu_weight [K, C, D]; bias, d_bias, mu_bias [K, C]; lr [K]
  def lars(self: __torch__.Probe, params: List[Tensor], grads: List[Tensor], momenta: List[Tensor], lr: Tensor, momentum: float, trust: float, weight_decay: float) -> Tensor:
    weight = params[0]
    d = torch.add(grads[0], weight, alpha=weight_decay)
    size = torch.norm(weight, 2, [1, 2], True)
    update = torch.norm(d, 2, [1, 2], True)
    one = torch.ones_like(size)
    ratio = torch.where(torch.gt(size, 0), torch.where(torch.gt(update, 0), torch.div(torch.mul(size, trust), update), one), one)
    mu = torch.add_(torch.mul_(momenta[0], momentum), torch.mul(d, ratio))
    _0 = torch.sub_(weight, torch.mul(mu, torch.view(lr, [-1, 1, 1])))
    mu_bias = torch.add_(torch.mul_(momenta[1], momentum), grads[1])
    _1 = torch.sub_(params[1], torch.mul(mu_bias, torch.unsqueeze(lr, 1)))
    return weight
